package org.twinshare.fileserver.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What a release consists of: a line of ASCII for each entry, in the order of the paths' bytes, behind a line with the version.
 * The same content gives the same bytes, whatever its sequence. Names are escaped as exports(5) escapes them.
 *
 * <pre>
 *  twinshare-manifest 1
 *  TYPE MODE UID:GID SIZE MTIME DIGEST PATH
 *  d 755 0:0 - - - .
 *  f 644 0:0 1234 1764000000.123456789 (64 hexadecimal digits of SHA-256) wp/index.php
 *  l 777 0:0 - - TARGET wp/latest
 * </pre>
 */
record Manifest(List<Line> lines) {
    private static final String FIRST_LINE = "twinshare-manifest 1\n";
    private static final int FIELDS = 7;

    static final String FILE = "f";

    /** One entry; a field that its type does not have is {@code -}. */
    record Line(String type, String mode, String owner, String size, String mtime, String digest, String path) {
        boolean isFile() {
            return type.equals(FILE);
        }

        /** Whether all of it is known: of a file that was only found the digest is missing. */
        boolean isRead() {
            return !isFile() || !digest.equals("-");
        }

        /** Whether this is what was found, of which no file was read yet. */
        boolean looksLike(Line found) {
            return isFile() ? withDigest(found.digest).equals(found) : equals(found);
        }

        Line withDigest(String newDigest) {
            return new Line(type, mode, owner, size, mtime, newDigest, path);
        }

        long sizeBytes() {
            return isFile() ? Long.parseLong(size) : 0;
        }
    }

    Manifest {
        lines = lines.stream().sorted(Comparator.comparing(Line::path)).toList();
    }

    byte[] encode() {
        StringBuilder text = new StringBuilder(FIRST_LINE);
        for (Line line : lines) {
            text.append(String.join(
                            " ", line.type, line.mode, line.owner, line.size, line.mtime, line.digest, line.path))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws IllegalArgumentException for what is no manifest */
    static Manifest decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        if (!text.startsWith(FIRST_LINE)) {
            throw new IllegalArgumentException("not a manifest of a known version");
        }
        List<Line> lines = new ArrayList<>();
        text.substring(FIRST_LINE.length()).lines().forEach(line -> {
            String[] fields = line.split(" ", -1);
            if (fields.length != FIELDS) {
                throw new IllegalArgumentException("not a line of a manifest: " + line);
            }
            lines.add(new Line(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]));
        });
        return new Manifest(lines);
    }

    /** What a release with this content is called after its sequence. */
    static String hash(byte[] encoded) {
        return digits(sha256().digest(encoded));
    }

    /** The same of a file, which may be large. */
    static String hash(Path encoded) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(encoded), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return digits(sha256.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String digits(byte[] digest) {
        return HexFormat.of().formatHex(digest).substring(0, Release.HASH_DIGITS);
    }

    long files() {
        return lines.stream().filter(Line::isFile).count();
    }

    long bytes() {
        return lines.stream().mapToLong(Line::sizeBytes).sum();
    }
}
