package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.twinshare.filestore.ErrnoException;

/**
 * Tells the neighbours on an Ethernet which card has an IPv4 address now, by packet(7): an ARP announcement of RFC 5227, section
 * 2.3. Needs CAP_NET_RAW. Has no state.
 */
public final class ArpAnnouncement {
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    private static final short ETH_P_ARP = 0x0806;
    private static final short ETHERNET = 1;
    private static final short IPV4 = 0x0800;
    private static final short REQUEST = 1;
    private static final int CARD_BYTES = 6;
    private static final int ADDRESS_BYTES = 4;
    private static final int PACKET_BYTES = 28;
    /** Of {@code struct sockaddr_ll}: family, protocol, interface, type of hardware, of packet, length and 8 bytes of address. */
    private static final int SOCKADDR_BYTES = 20;

    private ArpAnnouncement() {}

    /**
     * Sends one, to everybody on the network.
     *
     * @param networkInterface index of the interface
     * @param card             its hardware address, 6 bytes
     * @param address          IPv4, 4 bytes
     */
    public static void send(int networkInterface, byte[] card, byte[] address) throws ErrnoException {
        if (card.length != CARD_BYTES || address.length != ADDRESS_BYTES) {
            throw new IllegalArgumentException("no IPv4 on Ethernet");
        }
        // The protocol is 0, so that nothing is received.
        int fd = (int) SystemCall.run("socket", s -> s.call(CallNumber.SOCKET, AF_PACKET, SOCK_DGRAM_CLOEXEC, 0));
        try {
            byte[] packet = packet(card, address);
            SystemCall.run("sendto", s -> {
                MemorySegment to = s.structure.asSlice(0, SOCKADDR_BYTES).fill((byte) 0);
                to.set(JAVA_SHORT, 0, (short) AF_PACKET);
                to.set(JAVA_SHORT, 2, Short.reverseBytes(ETH_P_ARP));
                to.set(JAVA_INT, 4, networkInterface);
                to.set(JAVA_SHORT, 8, ETHERNET);
                to.set(JAVA_BYTE, 11, (byte) CARD_BYTES);
                to.asSlice(12, CARD_BYTES).fill((byte) 0xff);
                return s.call(
                        CallNumber.SENDTO,
                        fd,
                        s.string(packet),
                        packet.length,
                        0,
                        s.structureAddress(),
                        SOCKADDR_BYTES);
            });
        } finally {
            Posix.close(fd);
        }
    }

    /** RFC 826: who has this address asks for it; whoever hears it notes where it is. */
    private static byte[] packet(byte[] card, byte[] address) {
        return ByteBuffer.allocate(PACKET_BYTES)
                .putShort(ETHERNET)
                .putShort(IPV4)
                .put((byte) CARD_BYTES)
                .put((byte) ADDRESS_BYTES)
                .putShort(REQUEST)
                .put(card)
                .put(address)
                .put(new byte[CARD_BYTES])
                .put(address)
                .array();
    }
}
