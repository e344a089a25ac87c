/** The address that clients know, which goes where the primary is. */
package org.twinshare.replication.address;
