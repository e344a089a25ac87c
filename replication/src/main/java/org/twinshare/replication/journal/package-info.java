/** What became true, in one order, durable before it is done: segments, records, group commit and reading it all again. */
package org.twinshare.replication.journal;
