package org.twinshare.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.Outcome;
import org.twinshare.filestore.Stability;

/**
 * Bytes that one client wrote, and has not committed, are overwritten by another one that waits for the disk, and while these
 * are between the journal and the file, the next call comes: what a start after a crash makes of the journal is what the file
 * was.
 */
@Timeout(60)
class WriteOrderTest extends OwnTree {
    private static final byte[] NEWER = "newer".getBytes(UTF_8);
    private static final int MANY = 2 * Served.BY_VALUE_BYTES;

    private final CountDownLatch inJournal = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean stops;

    private Served served() throws Exception {
        return Served.open(export, state, Served.SETTINGS, step -> {
            if (stops && step == Step.DURABLE) {
                stops = false;
                inJournal.countDown();
                await().until(() -> goOn.await(1, TimeUnit.SECONDS));
            }
        });
    }

    private interface Call {
        Outcome run(Served served, long file);
    }

    private Outcome write(Served served, long file, byte[] bytes, Stability stability) {
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return served.tree.change(call(), new Operation.Write(served.admin, file, 0, data, stability));
    }

    private Outcome commit(Served served, long file) {
        return served.tree.change(call(), new Operation.Commit(served.admin, file, 0, 0));
    }

    /** One call of each, the second one while the first is in the journal and not in the file. */
    private void assertSameAfterACrash(byte[] before, Call meanwhile) throws Exception {
        Path crashed = base.resolve("crashed");
        long mtime;
        byte[] bytes;
        long file;
        try (Served served = served()) {
            file = served.tree.change(call(), create(served, "file")).object();
            assertThat(write(served, file, before, Stability.UNSTABLE).error()).isNull();
            stops = true;
            FutureTask<Outcome> newer = new FutureTask<>(() -> write(served, file, NEWER, Stability.FILE_SYNC));
            new Thread(newer).start();
            inJournal.await();
            FutureTask<Outcome> next = new FutureTask<>(() -> meanwhile.run(served, file));
            Thread calling = new Thread(next);
            calling.start();
            await().until(() -> next.isDone() || calling.getState() == Thread.State.WAITING);
            goOn.countDown();
            assertThat(newer.get().error()).isNull();
            assertThat(next.get().error()).isNull();
            assertThat(commit(served, file).error()).isNull();
            bytes = Files.readAllBytes(export.resolve("file"));
            mtime = modifyNs(served, file);
            KilledServer.copyState(state, crashed);
        }
        try (Served again = Served.open(export, crashed, Served.SETTINGS, step -> {})) {
            assertThat(Files.readAllBytes(export.resolve("file"))).isEqualTo(bytes);
            assertThat(modifyNs(again, file)).isEqualTo(mtime);
        }
    }

    private static long modifyNs(Served served, long file) throws ErrnoException {
        return served.tree.attributes(served.admin, file).modifyNs();
    }

    @Test
    void aCommitOfOlderBytes() throws Exception {
        assertSameAfterACrash("older".getBytes(UTF_8), this::commit);
    }

    @Test
    void aLargeWrite() throws Exception {
        assertSameAfterACrash(
                new byte[MANY], (served, file) -> write(served, file, new byte[MANY], Stability.FILE_SYNC));
    }
}
