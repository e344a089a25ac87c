package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The one shape of a native call of the project: seven integers or pointers, and one back. It is that of syscall(2) with a
 * number and six arguments. One shape instead of one for each function, because linking one takes milliseconds of every
 * start, and this is linked once.
 */
final class Kernel {
    private static final Linker LINKER = Linker.nativeLinker();

    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Any function: its address, and the place where errno is kept, are before the seven. */
    static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));

    /** {@code syscall(number, a, b, c, d, e, f)}, with the place where errno is kept before them. */
    static final MethodHandle SYSCALL = CALL.bindTo(LINKER.defaultLookup()
            .find("syscall")
            .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no syscall()")));

    private Kernel() {}
}
