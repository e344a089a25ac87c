package org.twinshare.fileserver.nfs3;

import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;
import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;

/** READDIR and READDIRPLUS (RFC 1813 sections 3.3.16 and 3.3.17). */
final class ReadDirectory {
    /** A listing is never refused because the directory has changed, so the verifier always is the same. */
    private static final long COOKIE_VERIFIER = 0;

    /** Status is not counted: attributes, verifier, and behind the entries the end of the list and eof. */
    private static final int FRAME_BYTES = 4 + Wire.ATTRIBUTES_BYTES + 8 + 4 + 4;

    private ReadDirectory() {}

    static void plain(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        long cookie = in.readLong();
        in.skipLong();
        int count = in.readInt();
        in.requireEnd();
        Request.Target directory = request.target(handle);
        serve(request, directory, cookie, new Page(request, out, limit(request, count), Integer.MAX_VALUE, false));
    }

    static void plus(Request request, XdrReader in, XdrWriter out)
            throws GarbageArguments, ErrnoException, NfsException {
        byte[] handle = Wire.readHandle(in);
        long cookie = in.readLong();
        in.skipLong();
        int directoryCount = in.readInt();
        int maxCount = in.readInt();
        in.requireEnd();
        Request.Target directory = request.target(handle);
        if (request.view().noReaddirPlus()) {
            throw new NfsException(Status.NOTSUPP);
        }
        Page page = new Page(request, out, limit(request, maxCount), limit(request, directoryCount), true);
        serve(request, directory, cookie, page);
    }

    private static int limit(Request request, int unsigned) {
        int most = request.server().maxTransferBytes();
        return Integer.compareUnsigned(unsigned, most) > 0 ? most : unsigned;
    }

    private static void serve(Request request, Request.Target directory, long cookie, Page page)
            throws ErrnoException, NfsException {
        page.begin();
        FileTree.ListEnd end = request.tree().list(directory.caller(), directory.id(), cookie, page.plus, page);
        if (page.isEmpty() && !end.endOfDirectory()) {
            throw new NfsException(Status.TOOSMALL);
        }
        page.end(end);
    }

    /** One reply, filled with entries up to its limits, which include everything that XDR adds. */
    private static final class Page implements FileTree.EntrySink {
        private final Request request;
        private final XdrWriter out;
        private final int maxBytes;
        private final int maxDirectoryBytes;
        private final boolean plus;
        private int begin;
        private int bytes = FRAME_BYTES;
        private int directoryBytes;

        /** @param maxDirectoryBytes for ids, names and cookies alone */
        Page(Request request, XdrWriter out, int maxBytes, int maxDirectoryBytes, boolean plus) {
            this.request = request;
            this.out = out;
            this.maxBytes = maxBytes;
            this.maxDirectoryBytes = maxDirectoryBytes;
            this.plus = plus;
        }

        /** The attributes are those at the end of the page, and lie before its entries. */
        void begin() {
            begin = out.skip(4 + 4 + Wire.ATTRIBUTES_BYTES);
            out.writeLong(COOKIE_VERIFIER);
        }

        boolean isEmpty() {
            return directoryBytes == 0;
        }

        @Override
        public boolean entry(
                long cookie, long id, byte[] names, int offset, int length, @Nullable Attributes attributes) {
            int entryBytes = 4 + 8 + 4 + (length + 3 & ~3) + 8;
            int plusBytes = !plus ? 0 : attributes == null ? 8 : 4 + Wire.ATTRIBUTES_BYTES + 4 + 4 + FileHandle.BYTES;
            boolean fits = bytes + entryBytes + plusBytes <= maxBytes
                    && (directoryBytes == 0 || directoryBytes + entryBytes <= maxDirectoryBytes);
            if (!fits) {
                return false;
            }
            bytes += entryBytes + plusBytes;
            directoryBytes += entryBytes;
            out.writeBoolean(true);
            out.writeLong(id);
            out.writeOpaque(names, offset, length);
            out.writeLong(cookie);
            if (plus) {
                request.writeOptional(out, attributes);
                writeHandle(id, attributes);
            }
            return true;
        }

        private void writeHandle(long id, @Nullable Attributes attributes) {
            if (attributes == null) {
                out.writeBoolean(false);
            } else {
                request.writeHandle(out, id);
            }
        }

        void end(FileTree.ListEnd end) {
            out.writeBoolean(false);
            out.writeBoolean(end.endOfDirectory());
            int after = out.position();
            out.position(begin);
            request.succeed(out);
            request.writeOptional(out, end.directory());
            out.position(after);
        }
    }
}
