package org.twinshare.replication.journal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** A process that writes a journal until it is killed, and says on its standard output what is durable: 8 bytes each. */
final class Writer {
    static final JournalSettings SETTINGS = new JournalSettings(64 << 10, 8, 16 << 10, Duration.ofMillis(2));
    private static final int THREADS = 4;

    private Writer() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        long checkpoint = Long.parseLong(arguments[1]);
        Journal journal = Journal.open(directory, SETTINGS, InstantSource.system(), Samples.CLUSTER, checkpoint);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().start(() -> write(journal, out));
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // it is what the test shows when it fails
    private static void write(Journal journal, OutputStream out) {
        try {
            for (int i = 0; ; i++) {
                ByteBuffer body = ByteBuffer.allocate(8 + i % 700);
                Position position = journal.append(Samples.TYPE, 0, body);
                journal.awaitDurable(position.sequence());
                byte[] report =
                        ByteBuffer.allocate(8).putLong(position.sequence()).array();
                synchronized (out) {
                    out.write(report);
                }
                journal.releaseUpTo(position.sequence() - 200, 0);
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
