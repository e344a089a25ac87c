package org.twinshare.fileserver.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What find(1) prints with a NUL behind each field; a byte becomes a character. One thread. */
final class Fields {
    private static final int BYTES = 1 << 16;

    private final InputStream in;
    private byte[] buffer = new byte[BYTES];
    private int begin;
    private int end;

    Fields(InputStream in) {
        this.in = in;
    }

    /**
     * The next field; null at the end.
     *
     * @param likely returned itself where the field is the same: what many entries have in common is there once
     */
    @Nullable String next(@Nullable String likely) throws IOException {
        int at = begin;
        while (true) {
            while (at < end && buffer[at] != 0) {
                at++;
            }
            if (at < end) {
                String field = isNext(likely, at) ? likely : new String(buffer, begin, at - begin, ISO_8859_1);
                begin = at + 1;
                return field;
            }
            at -= begin;
            if (!more()) {
                return null;
            }
        }
    }

    private boolean isNext(@Nullable String likely, int until) {
        if (likely == null || likely.length() != until - begin) {
            return false;
        }
        for (int i = 0; i < likely.length(); i++) {
            if (likely.charAt(i) != (buffer[begin + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Moves what is not read yet to the front, and reads on behind it. */
    private boolean more() throws IOException {
        int kept = end - begin;
        System.arraycopy(buffer, begin, buffer, 0, kept);
        if (kept == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        int count = in.read(buffer, kept, buffer.length - kept);
        begin = 0;
        end = kept + Math.max(count, 0);
        return count > 0;
    }
}
