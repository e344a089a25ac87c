/** Ships the primary's journal to the standby, and waits for what the standby says of it. */
package org.twinshare.replication.ship;
