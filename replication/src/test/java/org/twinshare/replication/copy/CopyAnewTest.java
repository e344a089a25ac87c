package org.twinshare.replication.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Stability;

/** What an earlier copy has left, and has changed on the primary since, does not outlive a copy that is begun anew. */
class CopyAnewTest {
    private static final Name DIRECTORY = Name.of("directory");
    private static final Name MOVED = Name.of("moved");

    private Twin twin;
    private Client client;
    private long place;
    private long other;

    @BeforeEach
    void begin() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        twin = new Twin();
        client = new Client(twin.primary, twin.root);
        place = client.directory(twin.root, Name.of("place"), 0755);
        other = client.directory(twin.root, Name.of("other"), 0755);
    }

    @AfterEach
    void end() throws Exception {
        twin.close();
    }

    /** Changes the primary once the root has been listed, and before anything below it has been asked for. */
    private static final class Meanwhile {
        private final AtomicBoolean done = new AtomicBoolean();
        private final long root;
        private final Runnable change;

        Meanwhile(long root, Runnable change) {
            this.root = root;
            this.change = change;
        }

        void before(Ask ask) {
            if (ask instanceof Ask.Directory of && of.id() != root && done.compareAndSet(false, true)) {
                change.run();
            }
        }
    }

    private CopyProgress.Moment copy(Runnable meanwhile) throws Exception {
        Meanwhile change = new Meanwhile(twin.root, meanwhile);
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            stream.beforeAsk = change::before;
            stream.copy.copyAll(1);
            stream.follow();
            stream.assertCatchesUp();
            return stream.copy.progress().now();
        }
    }

    private long file(long above, String name, String content) {
        long id = client.file(above, Name.of(name), 0644);
        client.write(id, 0, content.getBytes(UTF_8), Stability.FILE_SYNC);
        return id;
    }

    @Test
    void aDirectoryThatMovesToWhereTheCopyHasBeenIsListed() throws Exception {
        long directory = client.directory(place, DIRECTORY, 0755);
        long below = client.directory(directory, Name.of("below"), 0755);
        file(directory, "same", "x".repeat(3000));
        file(directory, "gone", "x");
        file(below, "gone", "x");
        long changed = file(directory, "changed", "before");
        copy(() -> {});
        client.remove(directory, Name.of("gone"));
        client.remove(below, Name.of("gone"));
        file(below, "new", "y".repeat(50));
        client.write(changed, 0, "after ".getBytes(UTF_8), Stability.FILE_SYNC);
        client.set(directory, Client.mode(0711));
        CopyProgress.Moment moment = copy(() -> client.rename(place, DIRECTORY, twin.root, MOVED));
        assertThat(moment.bytesFetched()).as("only what differs").isEqualTo(50 + 6);
    }

    @Test
    void aFileThatMovesToWhereTheCopyHasBeenIsFetched() throws Exception {
        Name name = Name.of("file");
        long file = file(place, "file", "before");
        client.link(file, other, Name.of("lost"));
        copy(() -> {});
        client.write(file, 0, "and after".getBytes(UTF_8), Stability.FILE_SYNC);
        client.set(file, Client.mode(0600));
        client.remove(other, Name.of("lost"));
        copy(() -> client.rename(place, name, twin.root, MOVED));
    }

    @Test
    void whatIsStillInADirectoryThatGoesGetsItsNewPlace() throws Exception {
        long directory = client.directory(place, DIRECTORY, 0755);
        file(directory, "file", "x");
        file(place, "left", "x");
        copy(() -> {});
        client.remove(place, Name.of("left"));
        client.rename(place, DIRECTORY, other, DIRECTORY);
        copy(() -> {
            client.rename(other, DIRECTORY, twin.root, MOVED);
            client.removeDirectory(twin.root, Name.of("place"));
        });
    }

    @Test
    void whatIsStillInADirectoryThatMovesGetsItsNewPlace() throws Exception {
        long directory = client.directory(place, DIRECTORY, 0755);
        long below = client.directory(directory, Name.of("below"), 0755);
        file(below, "file", "x");
        file(directory, "surplus", "x");
        copy(() -> {});
        client.remove(directory, Name.of("surplus"));
        client.rename(directory, Name.of("below"), other, Name.of("below"));
        copy(() -> {
            client.rename(other, Name.of("below"), twin.root, Name.of("below"));
            client.rename(place, DIRECTORY, twin.root, MOVED);
        });
    }

    @Test
    void aDirectoryThatHeldTheOneIntoWhichItMoves() throws Exception {
        Name outer = Name.of("outer");
        long held = client.directory(client.directory(place, outer, 0755), DIRECTORY, 0755);
        long inner = client.directory(held, Name.of("inner"), 0755);
        long touched = client.directory(inner, Name.of("touched"), 0755);
        long file = file(inner, "file", "x".repeat(70));
        copy(() -> {});
        client.rename(client.lookup(place, outer), DIRECTORY, other, DIRECTORY);
        client.rename(place, outer, inner, outer);
        CopyProgress.Moment moment = copy(() -> {
            client.rename(other, DIRECTORY, twin.root, MOVED);
            client.link(file, touched, Name.of("link"));
        });
        assertThat(moment.bytesFetched()).isZero();
    }

    @Test
    void whatLiesAsideIsPutInItsPlaceOrRemoved() throws Exception {
        long directory = client.directory(place, DIRECTORY, 0755);
        file(directory, "file", "x".repeat(70));
        copy(() -> {});
        Path export = twin.export("s");
        Path aside = Files.createDirectories(export.resolve(".twinshare-recovery"));
        Files.writeString(aside.resolve("nobody's"), "x");
        Files.createDirectories(aside.resolve("nobody's too/empty"));
        Files.move(export.resolve("place/directory"), aside.resolve("nobody's too/ours"));
        assertThat(copy(() -> {}).bytesFetched()).isZero();
    }

    @Test
    void whatAnIndexThatWasLostDoesNotKnowIsFoundByItsMarks() throws Exception {
        Path kept = twin.keepState();
        long directory = client.directory(place, DIRECTORY, 0755);
        file(directory, "file", "x");
        Name exclusive = Name.of("exclusive");
        long unusedId = client.exclusive(place, exclusive, 77);
        copy(() -> {});
        twin.crashStandby(kept);
        CopyProgress.Moment moment = copy(() -> {
            client.rename(place, DIRECTORY, twin.root, MOVED);
            client.rename(place, exclusive, twin.root, exclusive);
        });
        assertThat(moment.bytesFetched()).isZero();
    }

    @Test
    void aDirectoryMovesAlsoWhereTheIndexIsOlderThanTheTree() throws Exception {
        long directory = client.directory(place, DIRECTORY, 0755);
        file(directory, "file", "x");
        copy(() -> {});
        Path kept = twin.keepState();
        client.rename(place, DIRECTORY, other, MOVED);
        long decoy = client.directory(place, DIRECTORY, 0700);
        file(decoy, "other file", "y");
        AtomicInteger positions = new AtomicInteger();
        try (Stream stream = new Stream(twin, Long.MAX_VALUE, CopyLimits.DEFAULT)) {
            // Cut when everything is listed, before a checkpoint.
            stream.beforeAsk = ask -> {
                if (ask instanceof Ask.Roots && positions.incrementAndGet() == 2) {
                    stream.cut();
                }
            };
            assertThatThrownBy(() -> stream.copy.copyAll(1)).isInstanceOf(IOException.class);
        }
        assertThat(twin.export("s").resolve("other/moved/file")).exists();
        twin.crashStandby(kept);
        client.rename(other, MOVED, twin.root, MOVED);
        copy(() -> {});
    }
}
