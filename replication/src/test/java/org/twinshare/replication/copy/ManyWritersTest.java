package org.twinshare.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.Stability;
import org.twinshare.filestore.local.LocalTree;

/**
 * Several clients write over each other's bytes in the same few files, in every way that there is, and cut them: what a standby
 * has of it, and what a start after a crash makes of it, are what the files were.
 */
@Timeout(300)
class ManyWritersTest {
    private static final int CLIENTS = 8;
    private static final int STEPS = Integer.getInteger("twinshare.crowd.steps", 150);
    private static final int FILES = 3;
    private static final int LARGE = 150_000;

    private final long seed = Long.getLong("twinshare.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicLong done = new AtomicLong();
    private final long[] files = new long[FILES];
    private Twin twin;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        Client client = new Client(twin.primary, twin.root);
        for (int i = 0; i < FILES; i++) {
            files[i] = client.file(twin.root, Name.of("n" + i), 0644);
        }
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    @Test
    void theStandbyHasWhatTheyWrote() throws Exception {
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.copyAndFollow();
            write(step -> stream.losesData = step / 50 % 2 == 1);
            stream.losesData = false;
            commitAll();
            stream.assertCatchesUp();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** Records are received and not carried out from some moment on, as while the primary waits for one of them. */
    @Test
    void aStandbyThatTakesOverHasWhatItPromised() throws Exception {
        StandbyApply apply;
        long holdFrom = random.nextInt(CLIENTS * STEPS);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            apply = stream.apply;
            stream.copyAndFollow();
            write(step -> {
                stream.losesData = step / 50 % 2 == 1;
                if (step == holdFrom) {
                    stream.holdBehind = stream.apply.appliedSequence();
                }
            });
            stream.losesData = false;
            commitAll();
            stream.awaitShipped();
            apply.syncData(twin.standbyJournal.lastSequence());
            await().until(apply::hasWhatWasPromised);
        }
        // Some are named as incomplete for bytes that did not come, and that a later COMMIT has brought.
        Set<Long> unused = apply.carryOutRest(InstantSource.system());
        assertThat(butTimes(twin.standbyTree)).as("seed %d", seed).isEqualTo(butTimes(twin.primaryTree));
    }

    @Test
    void aPrimaryThatIsKilledHasWhatTheyWrote() throws Exception {
        write(step -> {});
        commitAll();
        Map<String, String> before = butTimes(twin.primaryTree);
        twin.keepPrimary();
        twin.restartPrimary();
        assertThat(butTimes(twin.primaryTree)).as("seed %d", seed).isEqualTo(before);
    }

    /** Files that were being written get later times from whoever was not there to see it. */
    private Map<String, String> butTimes(LocalTree tree) throws Exception {
        Map<String, String> all = Trees.of(tree.view(), twin.root);
        all.replaceAll((path, text) -> text.replaceFirst(" mtime.* ctime [0-9]+", ""));
        return all;
    }

    private void commitAll() {
        Client client = new Client(twin.primary, twin.root);
        for (long file : files) {
            client.commit(file);
        }
    }

    /** Lets all clients write; {@code before} is told before each step how many there were. */
    private void write(LongConsumer before) throws Exception {
        List<Callable<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Writer writer = new Writer(i);
            clients.add(() -> {
                for (int step = 0; step < STEPS; step++) {
                    before.accept(done.getAndIncrement());
                    writer.step();
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (Future<Void> each : threads.invokeAll(clients)) {
                Void unusedEnd = each.get();
            }
        }
    }

    private final class Writer {
        private final Random random;
        private final Caller caller = Caller.root(twin.root);
        private final CallId call;

        Writer(int number) {
            random = new Random(seed + number);
            call = new CallId(InetAddress.getLoopbackAddress(), number, number, number);
        }

        void step() {
            long file = files[random.nextInt(FILES)];
            Operation operation = switch (random.nextInt(10)) {
                case 0 -> new Operation.SetAttr(caller, file, size(random.nextInt(9000)), null);
                case 1, 2, 3 -> new Operation.Commit(caller, file, 0, 0);
                case 4 -> write(file, LARGE);
                default -> write(file, 1 + random.nextInt(6000));
            };
            assertThat(twin.primary.change(call, operation).error()).isNull();
        }

        private SetAttributes size(long sizeBytes) {
            return new SetAttributes(null, null, null, sizeBytes, null, null);
        }

        private Operation write(long file, int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            ByteBuffer data = ByteBuffer.allocateDirect(count).put(bytes).flip();
            Stability stability = random.nextInt(3) == 0 ? Stability.FILE_SYNC : Stability.UNSTABLE;
            return new Operation.Write(caller, file, random.nextInt(5000), data, stability);
        }
    }
}
