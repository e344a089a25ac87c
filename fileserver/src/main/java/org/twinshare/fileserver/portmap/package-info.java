/**
 * The portmapper (RFC 1833): tells clients of the exports table on which ports this server's programs are, or has a running
 * rpcbind tell them.
 */
package org.twinshare.fileserver.portmap;
