package org.twinshare.filestore.posix;

import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;

/**
 * One system call: runs it with native memory of its own and turns a negative result into an {@link ErrnoException}.
 * Thread-safe.
 */
interface SystemCall {
    /** Invokes the C library; a negative result means that errno was set. */
    long on(Scratch scratch) throws Throwable;

    /** Reads what the call left in its native memory. */
    interface Decoder<T> {
        T decode(Scratch scratch, int result);
    }

    /** Runs a call whose result is a number, such as a descriptor or a count of bytes. */
    static long run(String name, SystemCall call) throws ErrnoException {
        try (Scratch scratch = Scratch.take()) {
            return check(name, call.on(scratch), scratch);
        } catch (Throwable failure) {
            throw leave(failure);
        }
    }

    /** Runs a call whose result is left in native memory. */
    static <T> T run(String name, SystemCall call, Decoder<T> decoder) throws ErrnoException {
        try (Scratch scratch = Scratch.take()) {
            return decoder.decode(scratch, (int) check(name, call.on(scratch), scratch));
        } catch (Throwable failure) {
            throw leave(failure);
        }
    }

    private static long check(String name, long result, Scratch scratch) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(Errno.of(scratch.errno()), name);
        }
        return result;
    }

    private static ErrnoException leave(Throwable failure) {
        return switch (failure) {
            case ErrnoException errno -> errno;
            case RuntimeException unexpected -> throw unexpected;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        };
    }
}
