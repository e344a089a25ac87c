package org.twinshare.replication.copy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.local.LocalTree;
import org.twinshare.filestore.local.TreeView;

/** Looks at blocks of a file without keeping them. */
final class Sums {
    private Sums() {}

    /** Checksums of blocks of a file, in order, up to its end. */
    static List<byte[]> of(TreeView tree, Ask.Sums of, ByteBuffer memory) throws ErrnoException {
        List<byte[]> sums = new ArrayList<>();
        long offset = of.offsetBytes();
        for (int i = 0; i < of.blocks(); i++) {
            memory.clear().limit(Ask.BLOCK_BYTES);
            int count = tree.read(of.id(), offset, memory);
            if (count == 0) {
                break;
            }
            sums.add(of.kind().of(memory.flip()));
            offset += count;
            if (count < Ask.BLOCK_BYTES) {
                break;
            }
        }
        return sums;
    }

    /**
     * The same by what is on this server's disk, which may have lost what the kernel still has in memory. The blocks of a file are
     * asked for in order.
     */
    static List<byte[]> onDisk(LocalTree tree, Ask.Sums of, ByteBuffer memory) throws ErrnoException {
        if (of.offsetBytes() == 0) {
            tree.copy().forgetCached(of.id());
        }
        return of(tree.view(), of, memory);
    }

    /** Whether all bytes from the position to the limit are zero; the position stays. */
    static boolean isZero(ByteBuffer bytes) {
        int at = bytes.position();
        while (at + Long.BYTES <= bytes.limit()) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
            at += Long.BYTES;
        }
        while (at < bytes.limit()) {
            if (bytes.get(at++) != 0) {
                return false;
            }
        }
        return true;
    }
}
