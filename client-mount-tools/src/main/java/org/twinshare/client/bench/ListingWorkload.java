package org.twinshare.client.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.Procedure;

/**
 * Whole listings of one directory by READDIRPLUS, page after page; one listing is one operation. One that gives more or
 * fewer entries than the directory has is wrong.
 */
final class ListingWorkload implements Workload {
    private static final int PAGE_BYTES = 64 << 10;
    private static final int FILEID_BYTES = 8;

    private final BenchSettings settings;
    private final int pageBytes;
    private @Nullable FileHandle directory;

    ListingWorkload(BenchSettings settings) {
        this.settings = settings;
        this.pageBytes = settings.ioSizeBytes().orElse(PAGE_BYTES);
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        Optional<String> existing = settings.directory();
        if (existing.isPresent()) {
            directory = fixture.existing(existing.get());
        } else {
            directory = fixture.makeDirectory("listed");
            fixture.makeFiles(directory, "entry", settings.entries());
        }
    }

    @Override
    public Script script(int connection) {
        if (directory == null) {
            throw new IllegalStateException("not prepared");
        }
        return new Lister(directory.bytes().toArray());
    }

    @Override
    public Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("entries", settings.entries());
        parameters.put("page_bytes", pageBytes);
        parameters.put("existing_directory", settings.directory().isPresent());
        return parameters;
    }

    @Override
    public boolean isCompound() {
        return true;
    }

    @Override
    public boolean measuresFirst() {
        return true;
    }

    private final class Lister implements Script {
        private final Calls calls = new Calls(settings.target().credential());
        private final byte[] handle;
        private final boolean[] inListing = new boolean[settings.depth()];
        private final long[] cookies = new long[settings.depth()];
        private final long[] verifiers = new long[settings.depth()];
        private final int[] entries = new int[settings.depth()];
        private final long[] startsNs = new long[settings.depth()];

        Lister(byte[] handle) {
            this.handle = handle;
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (!inListing[slot]) {
                if (!turn.mayBegin()) {
                    return null;
                }
                inListing[slot] = true;
                cookies[slot] = 0;
                verifiers[slot] = 0;
                entries[slot] = 0;
                startsNs[slot] = turn.nowNs();
            }
            return calls.list(Procedure.READDIRPLUS, handle, cookies[slot], verifiers[slot], pageBytes, turn);
        }

        @Override
        public void replied(int slot, Reply reply, Turn turn) {
            Script.super.replied(slot, reply, turn);
            if (!reply.isOk()) {
                inListing[slot] = false;
                return;
            }
            reply.skipAttributes();
            verifiers[slot] = reply.getLong();
            int before = entries[slot];
            long cookie = cookies[slot];
            while (reply.getBoolean()) {
                countEntry(slot, reply);
            }
            boolean last = reply.getBoolean();
            turn.tally().listed(entries[slot] - before);
            if (last || cookies[slot] == cookie) {
                finish(slot, last, turn);
            }
        }

        /** entryplus3 (RFC 1813, 3.3.17). */
        private void countEntry(int slot, Reply reply) {
            reply.skip(FILEID_BYTES);
            int length = reply.getInt();
            boolean isDots = length <= 2 && reply.isDots(length);
            reply.skip(length + (-length & 3));
            cookies[slot] = reply.getLong();
            reply.skipAttributes();
            if (reply.getBoolean()) {
                reply.skipOpaque();
            }
            entries[slot] += isDots ? 0 : 1;
        }

        private void finish(int slot, boolean last, Turn turn) {
            inListing[slot] = false;
            turn.tally().completed(turn.nowNs() - startsNs[slot]);
            if (!last || entries[slot] != settings.entries()) {
                turn.tally()
                        .wrong("a listing gave " + entries[slot] + " entries instead of " + settings.entries()
                                + (last ? "" : ", and ended in an empty page"));
            }
        }
    }
}
