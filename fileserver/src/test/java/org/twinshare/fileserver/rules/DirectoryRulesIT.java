package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.ListCalls;
import org.twinshare.client.probe.ListCalls.Entry;
import org.twinshare.client.probe.ListCalls.EntryPlus;
import org.twinshare.client.probe.ListCalls.Page;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.WccData;
import org.twinshare.fileserver.server.Refused;

/** Rules 16 and 17: listings, their limits and their cookies. */
final class DirectoryRulesIT {
    /** READDIR3resok with one entry "." : attributes, verifier, entry (RFC 1813, 3.3.16), end of list, eof. */
    private static final int SMALLEST_PAGE_BYTES = (4 + 84) + 8 + (4 + 8 + (4 + 4) + 8) + 4 + 4;
    /** The same for READDIRPLUS, where the entry has attributes and a handle of 32 bytes. */
    private static final int SMALLEST_PLUS_BYTES = SMALLEST_PAGE_BYTES + (4 + 84) + (4 + 4 + 32);

    @TempDir
    private Path base;

    private Serving serving;
    private NfsProbe client;
    private FileHandle room;

    @BeforeEach
    void serve() throws IOException {
        serving = Serving.start(base, "/localData 127.0.0.0/8(rw,no_root_squash,async)");
        client = serving.client();
        room = serving.room("room");
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    private void make(int count, String prefix) {
        String path = serving.real("room").toString();
        Serving.run("sh", "-c", "cd $0 && seq -f \"" + prefix + "%.0f\" " + count + " | xargs touch", path);
    }

    private Map<Bytes, Long> cookies() throws IOException {
        Map<Bytes, Long> cookies = new HashMap<>();
        for (EntryPlus entry : client.list(room)) {
            assertThat(cookies.put(entry.name(), entry.cookie())).isNull();
        }
        return cookies;
    }

    @Test
    void rule16CookiesStayWhileOtherEntriesComeAndGo() throws IOException, Refused {
        make(500, "stays");
        make(500, "goes");
        Map<Bytes, Long> before = cookies();
        assertThat(before.values()).allMatch(cookie -> cookie > 0).doesNotHaveDuplicates();

        for (int i = 1; i <= 500; i++) {
            Files.delete(serving.real("room", "goes" + i));
        }
        make(300, "comes");
        serving.restart();
        client = serving.client();

        Map<Bytes, Long> after = cookies();
        for (int i = 1; i <= 500; i++) {
            Bytes name = Bytes.of("stays" + i);
            assertThat(after.get(name)).as(name.toString()).isEqualTo(before.get(name));
        }
        assertThat(after).hasSize(2 + 500 + 300);
    }

    @Test
    void rule16AListingGoesOnWhereItWasAlsoWhenItsLastEntryIsGone() throws IOException {
        make(200, "entry");
        Set<Bytes> seen = new HashSet<>();
        long cookie = 0;
        long verifier = 0;
        boolean last = false;
        while (!last) {
            Page<Entry> page = client.readdir(room, cookie, verifier, 512).ok();
            assertThat(page.entries())
                    .allSatisfy(entry -> assertThat(seen.add(entry.name()))
                            .as("%s comes once", entry.name())
                            .isTrue());
            verifier = page.cookieVerifier();
            cookie = page.entries().getLast().cookie();
            last = page.last();
            Bytes name = page.entries().getLast().name();
            Files.deleteIfExists(serving.real("room", name.toString().matches("\\.+") ? "none" : name.toString()));
            Files.createFile(serving.real("room", "new" + seen.size()));
        }
        assertThat(seen)
                .containsAll(IntStream.rangeClosed(1, 200)
                        .mapToObj(i -> Bytes.of("entry" + i))
                        .toList());
    }

    @Test
    void rule16AHundredThousandEntriesAreListedWhileSomeAreRemoved() throws IOException {
        make(100_000, "e");
        Set<Bytes> seen = new HashSet<>();
        int listed = 0;
        long cookie = 0;
        long verifier = 0;
        boolean last = false;
        while (!last) {
            Page<EntryPlus> page =
                    client.readdirplus(room, cookie, verifier, 1 << 16, 1 << 17).ok();
            page.entries().forEach(entry -> seen.add(entry.name()));
            listed += page.entries().size();
            List<NfsCall<WccData, WccData>> removals = page.entries().stream()
                    .filter(entry -> entry.name().toString().endsWith("7"))
                    .map(entry -> NameCalls.remove(room, entry.name()))
                    .toList();
            assertThat(client.callAll(removals, 64))
                    .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(Status.OK));
            verifier = page.cookieVerifier();
            cookie =
                    page.entries().isEmpty() ? cookie : page.entries().getLast().cookie();
            last = page.last();
        }
        assertThat(seen).hasSize(100_000 + 2);
        assertThat(listed).isEqualTo(seen.size());
    }

    @Test
    void rule16CountIsAHardLimitThatIncludesEverything() throws IOException {
        make(30, "entry-with-a-longer-name-");
        for (int count = 0; count <= 2000; count += count < 300 ? 1 : 37) {
            NfsCall<Page<Entry>, ?> plain = ListCalls.readdir(room, 0, 0, count);
            assertLimit(plain, count, count >= SMALLEST_PAGE_BYTES);
            NfsCall<Page<EntryPlus>, ?> plus = ListCalls.readdirplus(room, 0, 0, count, count);
            assertLimit(plus, count, count >= SMALLEST_PLUS_BYTES);
        }
    }

    private void assertLimit(NfsCall<? extends Page<?>, ?> call, int count, boolean fits) throws IOException {
        RpcReply reply = client.connection().receive(client.send(call));
        int resultBytes = ((RpcReply.Success) reply).results().length() - 4;
        Status status = call.decode(reply).status();
        assertThat(status).as("%s of %d bytes", call.procedure(), count).isEqualTo(fits ? Status.OK : Status.TOOSMALL);
        if (fits) {
            assertThat(resultBytes)
                    .as("%s of %d bytes", call.procedure(), count)
                    .isLessThanOrEqualTo(count);
            assertThat(call.decode(reply).ok().entries()).isNotEmpty();
        }
    }

    @Test
    void rule16DircountBoundsNamesAndCookiesOnly() throws IOException {
        make(100, "entry");
        int entryBytes = 4 + 8 + (4 + 8) + 8;

        Page<EntryPlus> page =
                client.readdirplus(room, 0, 0, 20 * entryBytes, 1 << 16).ok();

        assertThat(page.entries()).hasSizeBetween(18, 22);
        assertThat(page.last()).isFalse();
    }

    @Test
    void rule16OneEntryThatDoesNotFitIsTooSmallAlsoInTheMiddle() throws IOException {
        client.create(room, "x".repeat(255), 0600).ok();
        long cookie = 0;
        Status status = Status.OK;
        boolean last = false;
        while (status == Status.OK && !last) {
            var reply = client.readdir(room, cookie, 0, 200);
            status = reply.status();
            if (status == Status.OK) {
                last = reply.ok().last();
                cookie = reply.ok().entries().getLast().cookie();
            }
        }
        assertThat(status).isEqualTo(Status.TOOSMALL);
        assertThat(client.readdir(room, cookie, 0, 104 + 4 + 8 + 4 + 256 + 8).status())
                .isEqualTo(Status.OK);
    }

    @Test
    void rule16AnEmptyDirectoryListsItselfAndItsParentWithoutChangingIt() throws IOException {
        Attributes before = client.getattr(room).ok();

        Page<Entry> page = client.readdir(room, 0, 0, 4096).ok();

        assertThat(page.last()).isTrue();
        assertThat(page.entries()).extracting(Entry::name).containsExactlyInAnyOrder(Bytes.of("."), Bytes.of(".."));
        assertThat(page.directory()).get().extracting(Attributes::changed).isEqualTo(before.changed());
    }

    @Test
    void rule17AnEntryThatVanishesDoesNotFailThePage() throws IOException, InterruptedException {
        make(300, "stays");
        AtomicBoolean over = new AtomicBoolean();
        Thread others = Thread.ofPlatform().start(() -> {
            for (int i = 0; !over.get(); i++) {
                try {
                    Path file = serving.real("room", "comes-and-goes" + i % 7);
                    Files.createFile(file);
                    Files.delete(file);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(client.list(room))
                        .filteredOn(entry -> entry.name().toString().startsWith("stays"))
                        .hasSize(300)
                        .allSatisfy(entry -> assertThat(entry.attributes()).isPresent());
            }
        } finally {
            over.set(true);
            others.join();
        }
    }
}
