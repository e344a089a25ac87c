package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Handles on the C library's wrappers of system calls. Each takes the place where errno is kept as its first argument,
 * and then exactly what the man page of section 2 says. Used by {@link Posix} alone.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");

    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    static final MethodHandle OPENAT = variadic("openat", 3, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    /** {@code syscall(SYS_openat2, dirfd, path, how, size)}: the C library has no wrapper. */
    static final MethodHandle SYSCALL_OPENAT2 =
            variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);

    static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
    static final MethodHandle STATX = handle("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    static final MethodHandle NAME_TO_HANDLE_AT =
            handle("name_to_handle_at", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
    static final MethodHandle OPEN_BY_HANDLE_AT = handle("open_by_handle_at", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle GETDENTS64 = handle("getdents64", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    static final MethodHandle LSEEK = handle("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle READ = handle("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    static final MethodHandle PREAD = handle("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    static final MethodHandle PREADV2 = handle("preadv2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle PWRITE = handle("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    static final MethodHandle FTRUNCATE = handle("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    static final MethodHandle FSYNC = handle("fsync", JAVA_INT, JAVA_INT);
    static final MethodHandle FDATASYNC = handle("fdatasync", JAVA_INT, JAVA_INT);
    static final MethodHandle SYNCFS = handle("syncfs", JAVA_INT, JAVA_INT);
    static final MethodHandle FCHOWNAT = handle("fchownat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle FCHMODAT = handle("fchmodat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    static final MethodHandle UTIMENSAT = handle("utimensat", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    static final MethodHandle MKDIRAT = handle("mkdirat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle MKNODAT = handle("mknodat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    static final MethodHandle SYMLINKAT = handle("symlinkat", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    static final MethodHandle READLINKAT = handle("readlinkat", JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle LINKAT = handle("linkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle UNLINKAT = handle("unlinkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle RENAMEAT2 = handle("renameat2", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle FGETXATTR = handle("fgetxattr", JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle GETXATTR = handle("getxattr", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle FSETXATTR =
            handle("fsetxattr", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle SETXATTR = handle("setxattr", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle FSTATVFS = handle("fstatvfs64", JAVA_INT, JAVA_INT, ADDRESS);
    static final MethodHandle FANOTIFY_INIT = handle("fanotify_init", JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle FANOTIFY_MARK =
            handle("fanotify_mark", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS);
    static final MethodHandle UMASK = handle("umask", JAVA_INT, JAVA_INT);
    static final MethodHandle GETEUID = handle("geteuid", JAVA_INT);
    static final MethodHandle GETEGID = handle("getegid", JAVA_INT);
    static final MethodHandle GETGROUPLIST = handle("getgrouplist", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);

    private Libc() {}

    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments), KEEP_ERRNO);
    }

    private static MethodHandle variadic(
            String name, int firstVariadicArgument, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                symbol(name),
                FunctionDescriptor.of(result, arguments),
                KEEP_ERRNO,
                Linker.Option.firstVariadicArg(firstVariadicArgument));
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name
                        + ": glibc 2.28 or newer is needed (Debian 10, EL8, Ubuntu 18.10)"));
    }
}
