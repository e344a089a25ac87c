package org.twinshare.filestore;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One component of a path: 1 to 255 bytes without {@code /} and NUL, compared as bytes, never decoded and never
 * normalised (RFC 1813 section 3.2 leaves the character set open; POSIX section 3.170). Immutable.
 */
public final class Name implements Comparable<Name> {
    /** The longest name in bytes (NAME_MAX of Linux). */
    public static final int MAX_BYTES = 255;

    private final byte[] bytes;
    private final int hash;

    private Name(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * A name of these bytes, which are copied.
     *
     * @throws ErrnoException ENAMETOOLONG over 255 bytes, EINVAL when empty or with {@code /} or NUL in it
     */
    public static Name of(byte[] source, int offset, int length) throws ErrnoException {
        if (length > MAX_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "name of " + length + " bytes");
        }
        if (length == 0) {
            throw new ErrnoException(Errno.EINVAL, "empty name");
        }
        for (int i = offset; i < offset + length; i++) {
            if (source[i] == '/' || source[i] == 0) {
                throw new ErrnoException(Errno.EINVAL, "slash or NUL in a name");
            }
        }
        return new Name(Arrays.copyOfRange(source, offset, offset + length));
    }

    /** A name of the UTF-8 bytes of a text that is known to be one, for names in the program itself and in tests. */
    public static Name of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return of(bytes, 0, bytes.length);
        } catch (ErrnoException impossible) {
            throw new IllegalArgumentException(text, impossible);
        }
    }

    /** Number of bytes, 1 to 255. */
    public int length() {
        return bytes.length;
    }

    /** The bytes themselves, not a copy: not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** {@code .}, the directory itself. */
    public boolean isDot() {
        return bytes.length == 1 && bytes[0] == '.';
    }

    /** {@code ..}, the parent directory. */
    public boolean isDotDot() {
        return bytes.length == 2 && bytes[0] == '.' && bytes[1] == '.';
    }

    /** {@code .} or {@code ..}. */
    public boolean isDots() {
        return isDot() || isDotDot();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name name && hash == name.hash && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** By unsigned bytes. */
    @Override
    public int compareTo(Name other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return text(bytes);
    }

    /** Of a name or a path, for people: printable ASCII as it is, every other byte as {@code \ooo}. */
    public static String text(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (b >= ' ' && b < 127 && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\%03o", b & 0xff));
            }
        }
        return text.toString();
    }
}
