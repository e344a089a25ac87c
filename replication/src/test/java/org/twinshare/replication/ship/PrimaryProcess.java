package org.twinshare.replication.ship;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.twinshare.replication.channel.Connection;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;

/** A process that is a primary until it is killed, and says on its standard output what it has answered: 8 bytes each. */
final class PrimaryProcess {
    static final Terms TERMS =
            new Terms(AckMode.REMOTE_DISK, WithoutStandby.CONTINUE, Duration.ofSeconds(1), Duration.ofSeconds(5));

    private PrimaryProcess() {}

    public static void main(String[] arguments) throws Exception {
        Twins.Primary primary = new Twins.Primary(Path.of(arguments[0]), TERMS);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        Connection connection = new Connection(socket, socket);
        var hello = Meeting.exchange(connection, primary.hello());
        Thread.ofPlatform().start(() -> answer(primary));
        System.err.println(primary.link.serve(connection, hello));
    }

    @SuppressWarnings({"CatchAndPrintStackTrace", "InfiniteLoop"}) // it is what the test shows when it fails
    private static void answer(Twins.Primary primary) {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        try {
            while (primary.link.acknowledgement().isAlone()) {
                Thread.onSpinWait();
            }
            while (true) {
                out.write(ByteBuffer.allocate(8).putLong(primary.answer()).array());
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
