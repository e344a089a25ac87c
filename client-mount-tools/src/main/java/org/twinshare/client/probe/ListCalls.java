package org.twinshare.client.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The calls that list a directory: READDIR and READDIRPLUS, arguments and results side by side. Stateless. */
public final class ListCalls {
    private static final int LONGEST_NAME_BYTES = 4096;

    private ListCalls() {}

    /** entry3 (RFC 1813, 3.3.16). */
    public record Entry(long fileid, Bytes name, long cookie) {
        static Entry decode(XdrReader in) throws MalformedReplyException {
            return new Entry(in.getLong(), in.getOpaque(LONGEST_NAME_BYTES), in.getLong());
        }
    }

    /** entryplus3 (RFC 1813, 3.3.17). */
    public record EntryPlus(
            long fileid, Bytes name, long cookie, Optional<Attributes> attributes, Optional<FileHandle> handle) {
        static EntryPlus decode(XdrReader in) throws MalformedReplyException {
            return new EntryPlus(
                    in.getLong(),
                    in.getOpaque(LONGEST_NAME_BYTES),
                    in.getLong(),
                    Attributes.decodeOptional(in),
                    in.getOptional(FileHandle::decode));
        }
    }

    /** One page of a listing; the cookie of its last entry and its verifier ask for the next one. */
    public record Page<E>(Optional<Attributes> directory, long cookieVerifier, List<E> entries, boolean last) {
        public Page {
            entries = List.copyOf(entries);
        }

        private static <E> Page<E> decode(XdrReader in, XdrReader.Decoder<E> entry) throws MalformedReplyException {
            Optional<Attributes> directory = Attributes.decodeOptional(in);
            long cookieVerifier = in.getLong();
            List<E> entries = new ArrayList<>();
            while (in.getBoolean()) {
                entries.add(entry.decode(in));
            }
            return new Page<>(directory, cookieVerifier, entries, in.getBoolean());
        }
    }

    /**
     * Section 3.3.16.
     *
     * @param countBytes the most that the results may take, as XDR
     */
    public static NfsCall<Page<Entry>, Optional<Attributes>> readdir(
            FileHandle directory, long cookie, long cookieVerifier, int countBytes) {
        XdrWriter out = from(directory, cookie, cookieVerifier).putInt(countBytes);
        return NfsCall.of(Procedure.READDIR, out, in -> Page.decode(in, Entry::decode), Attributes::decodeOptional);
    }

    /**
     * Section 3.3.17.
     *
     * @param namesBytes   the most that fileids, names and cookies may take
     * @param maximumBytes the most that the results may take, as XDR
     */
    public static NfsCall<Page<EntryPlus>, Optional<Attributes>> readdirplus(
            FileHandle directory, long cookie, long cookieVerifier, int namesBytes, int maximumBytes) {
        XdrWriter out =
                from(directory, cookie, cookieVerifier).putInt(namesBytes).putInt(maximumBytes);
        return NfsCall.of(
                Procedure.READDIRPLUS, out, in -> Page.decode(in, EntryPlus::decode), Attributes::decodeOptional);
    }

    private static XdrWriter from(FileHandle directory, long cookie, long cookieVerifier) {
        XdrWriter out = new XdrWriter();
        directory.encode(out);
        return out.putLong(cookie).putLong(cookieVerifier);
    }
}
