package org.twinshare.exports;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An absolute path as bytes, never decoded: what a line of an exports file names and what a client asks for in MNT.
 * Empty and {@code .} components and trailing slashes are gone, so that equal paths have equal bytes; {@code ..} is
 * refused because without the file system nobody can tell where it leads. Immutable.
 */
public final class BytePath implements Comparable<BytePath> {

    /** MNTPATHLEN of RFC 1813, section 5.1.1: the longest path in a MOUNT call, in bytes. */
    public static final int MAX_BYTES = 1024;

    /** NAME_MAX of Linux: the longest name between two slashes, in bytes. */
    public static final int MAX_NAME_BYTES = 255;

    /** The path {@code /}. */
    public static final BytePath ROOT = new BytePath(new byte[] {'/'});

    private final byte[] bytes;
    private final int hash;

    private BytePath(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * The path that these bytes spell.
     *
     * @throws IllegalArgumentException with the words of {@link #faultOf} when they spell none
     */
    public static BytePath of(byte[] raw) {
        faultOf(raw).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
        return normalized(raw);
    }

    /**
     * The path of a text that an operator wrote (a setting, a command line), as its UTF-8 bytes.
     *
     * @throws IllegalArgumentException with the words of {@link #faultOf} when it is none
     */
    public static BytePath of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The path that these bytes spell, or nothing when {@link #faultOf} finds a fault: for what a client sent. */
    public static Optional<BytePath> parse(byte[] raw) {
        return faultOf(raw).isPresent() ? Optional.empty() : Optional.of(normalized(raw));
    }

    /** Why these bytes are no usable path, in words that end a sentence starting with the path; empty when they are. */
    public static Optional<String> faultOf(byte[] raw) {
        if (raw.length == 0 || raw[0] != '/') {
            return Optional.of("is not an absolute path");
        }
        if (raw.length > MAX_BYTES) {
            return Optional.of("is longer than " + MAX_BYTES + " bytes");
        }
        for (byte each : raw) {
            if (each == 0) {
                return Optional.of("contains a NUL byte");
            }
        }
        for (byte[] name : split(raw)) {
            if (name.length > MAX_NAME_BYTES) {
                return Optional.of("has a name longer than " + MAX_NAME_BYTES + " bytes");
            }
            if (name.length == 2 && name[0] == '.' && name[1] == '.') {
                return Optional.of("contains \"..\"");
            }
        }
        return Optional.empty();
    }

    /** A copy of the bytes: a slash before every name, none at the end but for {@link #ROOT}. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The names between the slashes, outermost first; none for {@link #ROOT}. The arrays are the caller's. */
    public List<byte[]> names() {
        return split(bytes);
    }

    /** True when this path is {@code ancestor} or lies below it, on whole names: /data is not above /database. */
    public boolean isWithin(BytePath ancestor) {
        if (ancestor.isRoot()) {
            return true;
        }
        int length = ancestor.bytes.length;
        return bytes.length >= length
                && Arrays.equals(bytes, 0, length, ancestor.bytes, 0, length)
                && (bytes.length == length || bytes[length] == '/');
    }

    /**
     * The names that lead from {@code ancestor} down to this path: what MNT of a subdirectory has to look up.
     *
     * @throws IllegalArgumentException when this path is not within {@code ancestor}
     */
    public List<byte[]> namesBelow(BytePath ancestor) {
        if (!isWithin(ancestor)) {
            throw new IllegalArgumentException(this + " is not within " + ancestor);
        }
        List<byte[]> all = names();
        return all.subList(ancestor.names().size(), all.size());
    }

    /** This path with the given names appended, none of which may be empty or contain a slash. */
    public BytePath append(List<byte[]> names) {
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        if (!isRoot()) {
            longer.writeBytes(bytes);
        }
        for (byte[] name : names) {
            longer.write('/');
            longer.writeBytes(name);
        }
        return longer.size() == 0 ? ROOT : new BytePath(longer.toByteArray());
    }

    /** The path without its last name; {@link #ROOT} is its own parent. */
    public BytePath parent() {
        int slash = bytes.length - 1;
        while (slash > 0 && bytes[slash] != '/') {
            slash--;
        }
        return slash == 0 ? ROOT : new BytePath(Arrays.copyOf(bytes, slash));
    }

    public boolean isRoot() {
        return bytes.length == 1;
    }

    @Override
    public int compareTo(BytePath other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As it stands in an exports file: what is not a visible ASCII character, and {@code " \ #}, as {@code \ooo}. */
    @Override
    public String toString() {
        return Octal.escape(bytes, "\"\\# ");
    }

    private static BytePath normalized(byte[] raw) {
        return ROOT.append(split(raw));
    }

    private static List<byte[]> split(byte[] raw) {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int at = 0; at <= raw.length; at++) {
            if (at == raw.length || raw[at] == '/') {
                boolean self = at - start == 1 && raw[start] == '.';
                if (at > start && !self) {
                    names.add(Arrays.copyOfRange(raw, start, at));
                }
                start = at + 1;
            }
        }
        return names;
    }
}
