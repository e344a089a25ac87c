package org.twinshare.filestore.local;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.twinshare.filestore.ErrnoException;

/**
 * System calls that may wait for a disk for long, on threads of their own: a virtual thread that waits in the kernel holds its
 * carrier, and there are only a few of those, because many cost more than all other work of a small change. Thread-safe.
 */
final class Slow {
    private static final int THREADS = 32;
    private static final int IDLE_S = 30;

    private static final ExecutorService POOL = pool();

    private Slow() {}

    private static ExecutorService pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_S,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("disk-", 1).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    interface Call<T> {
        T run() throws ErrnoException;
    }

    /** Runs a call and waits for it; here, where the thread is no virtual one. */
    static <T> T call(Call<T> call) throws ErrnoException {
        if (!Thread.currentThread().isVirtual()) {
            return call.run();
        }
        FutureTask<T> task = new FutureTask<>(call::run);
        POOL.execute(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // What was begun is waited for: its memory is used until it ends.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unwrapped(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ErrnoException unwrapped(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof ErrnoException errno) {
            return errno;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(cause);
    }
}
