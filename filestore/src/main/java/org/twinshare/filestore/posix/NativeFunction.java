package org.twinshare.filestore.posix;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * A function of a native library, of up to five integers or pointers. Called by the shape of a system call, which is linked
 * already: what a function does not take, it does not look at. That holds for the calling conventions of Linux on x86-64
 * (System V ABI) and on ARM (AAPCS64), where whoever calls puts arguments away again. Thread-safe as the function is.
 */
public final class NativeFunction {
    /** Room that every call needs. */
    public static final MemoryLayout ERRNO = Kernel.ERRNO_LAYOUT;

    private final String name;
    private final MemorySegment address;

    private NativeFunction(String name, MemorySegment address) {
        this.name = name;
        this.address = address;
    }

    /** The function of this name; {@link UnsatisfiedLinkError} where there is none. */
    public static NativeFunction in(SymbolLookup library, String name) {
        return new NativeFunction(
                name,
                library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("there is no " + name + "() in it")));
    }

    /** Its name in the library. */
    public String name() {
        return name;
    }

    /**
     * Calls it. Of a function that returns an int, the result is in the lower half; of one that returns nothing, it means
     * nothing.
     *
     * @param errno native memory of the caller's, of the layout {@link #ERRNO}
     */
    public long call(MemorySegment errno, long a, long b, long c, long d, long e) {
        try {
            return (long) Kernel.CALL.invokeExact(address, errno, a, b, c, d, e, 0L, 0L);
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(name, impossible);
        }
    }
}
