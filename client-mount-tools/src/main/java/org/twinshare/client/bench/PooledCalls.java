package org.twinshare.client.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.twinshare.client.probe.AttributeCalls;
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

    private PooledCalls(BenchSettings settings, int files, Form form) {
        this.settings = settings;
        this.files = files;
        this.form = form;
    }

    /** Calls about files; as many files as the settings say, else 1,000. */
    static PooledCalls aboutFiles(BenchSettings settings, Form form) {
        return new PooledCalls(settings, settings.files().orElse(FILES), form);
    }

    /** One and the same call, about nothing. */
    static PooledCalls ofNull(BenchSettings settings) {
        return new PooledCalls(settings, 0, (directory, name, file) -> AttributeCalls.ping());
    }

    @Override
    public void prepare(Fixture fixture) throws IOException {
        FileHandle directory = fixture.directory();
        List<FileHandle> handles = fixture.makeFiles(directory, "file", files);
        calls = files == 0
                ? new CallTemplate[] {encode(form.of(directory, Bytes.EMPTY, directory))}
                : IntStream.range(0, files)
                        .mapToObj(each -> encode(form.of(directory, Bytes.of("file" + each), handles.get(each))))
                        .toArray(CallTemplate[]::new);
    }

    private CallTemplate encode(NfsCall<?, ?> call) {
        return CallTemplate.whole(call, settings.target().credential());
    }

    @Override
    public Script script(int connection) {
        return new Pick(calls, new Dice(settings.seed() + connection));
    }

    @Override
    public Map<String, Object> parameters() {
        return files == 0 ? Map.of() : Map.of("files", files);
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
