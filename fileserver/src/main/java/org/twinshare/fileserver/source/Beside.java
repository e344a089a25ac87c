package org.twinshare.fileserver.source;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A part of a publish that goes on beside another one, because nodes wait for both and the machine has a second processor. The
 * part must not matter to anybody where nobody asks for its end. Thread-safe.
 */
final class Beside<T> {
    private final FutureTask<T> task;

    /** What is done. */
    interface Part<T> {
        T run() throws IOException, SourceRefused;
    }

    private Beside(Part<T> part) {
        task = new FutureTask<>(part::run);
    }

    static <T> Beside<T> begin(Part<T> part) {
        Beside<T> begun = new Beside<>(part);
        Thread.ofVirtual().name("publish").start(begun.task);
        return begun;
    }

    /** Waits for its end; what it has thrown is thrown. */
    T end() throws IOException, SourceRefused {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SourceRefused refused -> throw refused;
                case RuntimeException fault -> throw fault;
                case null, default -> throw new IOException(e.getCause());
            }
        }
    }
}
