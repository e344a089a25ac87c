package org.twinshare.filestore;

import java.net.InetAddress;

/**
 * Which call of which client a change answers: the same for a retransmission, so that a change is carried out once. Goes
 * into the record of the change, so that it holds across a restart and on the other server too.
 *
 * @param client    the client's address, not its port, which changes when it reconnects
 * @param procedure program, version and procedure in one number, as the server numbers them
 * @param checksum  of the arguments, because clients start their xids anew
 */
public record CallId(InetAddress client, int xid, int procedure, long checksum) {}
