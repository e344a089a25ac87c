package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/** Sends datagrams to sockets of this machine (unix(7)), which the JDK has no class for. Has no state. */
public final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;
    private static final int MAX_ADDRESS_BYTES = 107;
    private static final int MAX_MESSAGE_BYTES = 4096;

    private UnixDatagram() {}

    /**
     * Sends one datagram.
     *
     * @param address path of the socket, or its abstract name with a NUL before it
     */
    public static void send(byte[] address, byte[] message) throws ErrnoException {
        if (address.length > MAX_ADDRESS_BYTES || message.length > MAX_MESSAGE_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "sendto");
        }
        int fd = (int) SystemCall.run("socket", s -> s.call(CallNumber.SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0));
        try {
            SystemCall.run("sendto", s -> {
                MemorySegment to = s.structure;
                to.set(JAVA_SHORT, 0, (short) AF_UNIX);
                MemorySegment.copy(address, 0, to, JAVA_BYTE, FAMILY_BYTES, address.length);
                return s.call(
                        CallNumber.SENDTO,
                        fd,
                        s.string(message),
                        message.length,
                        MSG_NOSIGNAL,
                        s.structureAddress(),
                        FAMILY_BYTES + address.length);
            });
        } finally {
            Posix.close(fd);
        }
    }
}
