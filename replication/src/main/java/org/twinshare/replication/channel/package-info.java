/** The one connection between the two servers: framed messages, liveness, and how a connection ended. */
package org.twinshare.replication.channel;
