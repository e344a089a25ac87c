/** Who the two servers of a pair are to each other: keys, certificates, joining, and the connection that only they can make. */
package org.twinshare.replication.pair;
