/** What the records of the journal say: entries, and the bytes that each is written as. */
package org.twinshare.replication.record;
