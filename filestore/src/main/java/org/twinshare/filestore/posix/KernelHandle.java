package org.twinshare.filestore.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The kernel's own handle of an object on one file system (name_to_handle_at(2)): on ext4 the inode and its generation.
 * Opens the object whatever its name is now, and is refused with ESTALE once the inode was freed, even when the same
 * inode number is in use again. Local to this machine, so it is never shown to a client.
 */
public record KernelHandle(int type, byte[] bytes) {
    /** MAX_HANDLE_SZ of the kernel. */
    public static final int MAX_BYTES = 128;

    /** Reads a {@code struct file_handle}: length, type, bytes. */
    static KernelHandle decode(MemorySegment handle) {
        return new KernelHandle(
                handle.get(JAVA_INT, 4),
                handle.asSlice(8, handle.get(JAVA_INT, 0)).toArray(JAVA_BYTE));
    }

    void encode(MemorySegment handle) {
        handle.set(JAVA_INT, 0, bytes.length);
        handle.set(JAVA_INT, 4, type);
        MemorySegment.copy(bytes, 0, handle, JAVA_BYTE, 8, bytes.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KernelHandle handle && type == handle.type && Arrays.equals(bytes, handle.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return type + ":" + HexFormat.of().formatHex(bytes);
    }
}
