package org.twinshare.filestore.lmdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions see and leave what they should, and what is used wrongly throws and does not end the process. */
class EnvironmentTest {
    private static final int MDB_BAD_VALSIZE = -30781;
    private static final int MDB_BAD_TXN = -30782;
    private static final int MDB_MAP_FULL = -30792;
    private static final int EINVAL = 22;

    @TempDir
    Path directory = Path.of("");

    private Environment open() throws IOException {
        return Environment.open(directory, 1 << 20, 8, List.of("one", "two"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void put(Environment environment, String database, String... keysAndValues) {
        try (WriteTransaction write = environment.write()) {
            for (int i = 0; i < keysAndValues.length; i += 2) {
                write.put(
                        environment.database(database),
                        bytes(keysAndValues[i]),
                        ByteBuffer.wrap(bytes(keysAndValues[i + 1])));
            }
            write.commit();
        }
    }

    private static @Nullable String get(Environment environment, String database, String key) {
        try (ReadTransaction read = environment.read()) {
            byte[] value = read.get(environment.database(database), bytes(key));
            return value == null ? null : new String(value, UTF_8);
        }
    }

    @Test
    void whatWasCommittedIsThereAndStays() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1", "b", "2");
        put(environment, "two", "a", "3");
        put(environment, "one", "a", "4");
        assertThat(environment.closeIfUnused()).isTrue();

        Environment again = open();
        assertThat(get(again, "one", "a")).isEqualTo("4");
        assertThat(get(again, "one", "b")).isEqualTo("2");
        assertThat(get(again, "one", "c")).isNull();
        assertThat(get(again, "two", "a")).isEqualTo("3");
        assertThat(again.closeIfUnused()).isTrue();
    }

    @Test
    void whatWasNotCommittedIsNotThere() throws IOException {
        Environment environment = open();
        try (WriteTransaction write = environment.write()) {
            write.put(environment.database("one"), bytes("a"), ByteBuffer.wrap(bytes("1")));
        }
        assertThat(get(environment, "one", "a")).isNull();
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void whatWasDeletedIsGone() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1");
        try (WriteTransaction write = environment.write()) {
            assertThat(write.delete(environment.database("one"), bytes("a"))).isTrue();
            assertThat(write.delete(environment.database("one"), bytes("a"))).isFalse();
            write.commit();
        }
        assertThat(get(environment, "one", "a")).isNull();
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void aScanBeginsAtTheFirstKeyThatIsNotBeforeAndEndsWhereTheVisitorSays() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1", "ba", "2", "bb", "3", "c", "4");
        try (ReadTransaction read = environment.read()) {
            for (int i = 0; i < 2; i++) {
                List<String> seen = new ArrayList<>();
                read.scan(environment.database("one"), bytes("b"), key -> {
                    seen.add(new String(key, UTF_8));
                    return key[0] == 'b';
                });
                assertThat(seen).containsExactly("ba", "bb", "c");
                read.reset();
                read.renew();
            }
            assertThat(read.entries(environment.database("one"))).isEqualTo(4);
        }
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void aReaderSeesOneCommitUntilItIsRenewed() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1");
        int one = environment.database("one");
        try (ReadTransaction read = environment.read()) {
            put(environment, "one", "a", "2");
            assertThat(read.get(one, bytes("a"))).isEqualTo(bytes("1"));
            read.reset();
            read.renew();
            assertThat(read.get(one, bytes("a"))).isEqualTo(bytes("2"));
        }
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void aFullMapIsSaidAndLeavesWhatWasThere() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1");
        try (WriteTransaction write = environment.write()) {
            assertThatExceptionOfType(LmdbException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            write.put(environment.database("one"), bytes("k" + i), ByteBuffer.allocate(4000));
                        }
                    })
                    .withMessage("mdb_put: MDB_MAP_FULL: Environment mapsize limit reached (-30792)")
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(MDB_MAP_FULL));
            assertFails(MDB_BAD_TXN, write::commit);
        }
        put(environment, "one", "b", "2");
        assertThat(get(environment, "one", "a")).isEqualTo("1");
        assertThat(environment.closeIfUnused()).isTrue();
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void assertFails(int code, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        LmdbException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void aTransactionThatIsOverDoesNothing() throws IOException {
        Environment environment = open();
        WriteTransaction write = environment.write();
        write.commit();
        assertThatThrownBy(() -> write.put(environment.database("one"), bytes("a"), ByteBuffer.allocate(1)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
        write.close();
        write.close();

        ReadTransaction read = environment.read();
        read.reset();
        assertFails(EINVAL, () -> read.get(environment.database("one"), bytes("a")));
        read.renew();
        assertFails(EINVAL, read::renew);
        read.close();
        read.close();
        assertThatThrownBy(read::reset).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(read::renew).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> read.get(environment.database("one"), bytes("a")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> read.scan(environment.database("one"), bytes("a"), key -> true))
                .isInstanceOf(IllegalStateException.class);
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void anotherThreadCannotUseAWriteTransaction() throws IOException {
        Environment environment = open();
        try (WriteTransaction write = environment.write()) {
            for (Runnable misuse : List.<Runnable>of(write::commit, write::close)) {
                assertThatThrownBy(() -> CompletableFuture.runAsync(misuse).join())
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(WrongThreadException.class);
            }
            write.put(environment.database("one"), bytes("a"), ByteBuffer.wrap(bytes("1")));
            write.commit();
        }
        assertThat(get(environment, "one", "a")).isEqualTo("1");
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void anEnvironmentStaysOpenWhileATransactionIsAndThenHasNoMore() throws IOException {
        Environment environment = open();
        put(environment, "one", "a", "1");
        ReadTransaction read = environment.read();
        assertThat(environment.closeIfUnused()).isFalse();
        assertThat(read.get(environment.database("one"), bytes("a"))).isEqualTo(bytes("1"));
        read.close();
        assertThat(environment.closeIfUnused()).isTrue();
        assertThat(environment.closeIfUnused()).isTrue();
        assertThatThrownBy(environment::read).isInstanceOf(LmdbException.class).hasMessage("the index is closed");
        assertThatThrownBy(environment::write).isInstanceOf(LmdbException.class);
    }

    @Test
    void keysAndValuesOfAnyLengthDoNoHarm() throws IOException {
        Environment environment = open();
        int one = environment.database("one");
        byte[] large = new byte[1_000_001];
        Arrays.fill(large, (byte) 7);
        try (WriteTransaction write = environment.write()) {
            write.put(one, new byte[511], ByteBuffer.allocate(4096));
            assertThatThrownBy(() -> write.put(one, new byte[512], ByteBuffer.allocate(1)))
                    .isInstanceOf(IllegalArgumentException.class);
            write.put(one, new byte[1], ByteBuffer.wrap(large));
            write.put(one, new byte[2], ByteBuffer.wrap(new byte[] {9}));
            assertFails(EINVAL, () -> write.put(99, new byte[1], ByteBuffer.allocate(1)));
            write.commit();
        }
        try (ReadTransaction read = environment.read()) {
            assertThat(read.get(one, new byte[511])).isEqualTo(new byte[4096]);
            assertThat(read.get(one, new byte[1])).isEqualTo(large);
            assertThat(read.get(one, new byte[2])).containsExactly(9);
            assertFails(MDB_BAD_VALSIZE, () -> read.get(one, new byte[0]));
        }
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void moreReadersThanThereMayBeAreRefused() throws IOException {
        Environment environment = open();
        List<ReadTransaction> readers = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (readers.size() < 1000) {
                        readers.add(environment.read());
                    }
                })
                .isInstanceOf(LmdbException.class)
                .hasMessageContaining("MDB_READERS_FULL");
        readers.forEach(ReadTransaction::close);
        assertThat(environment.closeIfUnused()).isTrue();
    }

    @Test
    void aFileOfSomethingElseIsNotOpened() throws IOException {
        Files.write(directory.resolve("data.mdb"), new byte[8192]);
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessage("the index in " + directory
                        + " cannot be opened: mdb_env_open: MDB_INVALID: File is not an LMDB file (-30793)");
    }

    @Test
    void aDirectoryThatIsNotThereIsNotOpened() {
        directory = directory.resolve("missing");
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("mdb_env_open: No such file or directory (2)");
    }
}
