package org.twinshare.client.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsCall;
import org.twinshare.client.probe.Procedure;

/**
 * Workloads whose calls do not differ from one time to the next: NULL, GETATTR, LOOKUP and ACCESS on files chosen at
 * random. Every call is encoded before measuring.
 */
final class PooledCalls implements Workload {
    private static final int FILES = 1000;

    /** How to call about one file. */
    @FunctionalInterface
    interface Form {
        NfsCall<?, ?> of(FileHandle directory, Bytes name, FileHandle file);
    }

    private final BenchSettings settings;
    private final Form form;
    private final int files;
    private CallTemplate[] calls = new CallTemplate[0];

    PooledCalls(BenchSettings settings, Form form) {
        this.settings = settings;
        this.form = form;
        this.files = settings.files().orElse(FILES);
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        List<FileHandle> handles = fixture.makeFiles(fixture.directory(), "file", files);
        calls = IntStream.range(0, files)
                .mapToObj(each -> CallTemplate.whole(
                        form.of(fixture.directory(), Bytes.of("file" + each), handles.get(each)),
                        settings.target().credential()))
                .toArray(CallTemplate[]::new);
    }

    @Override
    public Script script(int connection) {
        return new Pick(calls, new Dice(settings.seed() + connection));
    }

    @Override
    public Map<String, Object> parameters() {
        return Map.of("files", files);
    }

    private static final class Pick implements Script {
        private final CallTemplate[] calls;
        private final Dice dice;

        Pick(CallTemplate[] calls, Dice dice) {
            this.calls = calls;
            this.dice = dice;
        }

        @Override
        public @Nullable Procedure next(int slot, Turn turn) {
            if (!turn.mayBegin()) {
                return null;
            }
            CallTemplate call = calls[dice.below(calls.length)];
            turn.queue().add(call, turn.xid());
            return call.procedure();
        }
    }
}
