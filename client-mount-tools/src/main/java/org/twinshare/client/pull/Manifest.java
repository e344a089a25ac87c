package org.twinshare.client.pull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a tree consists of, by escaped path: read from a manifest of the server, whose format {@code docs/source-tree.md} draws,
 * or found on the disk. Immutable.
 */
record Manifest(Map<String, Entry> entries) {
    /** No tree at all. */
    static final Manifest NOTHING = new Manifest(Map.of());

    private static final String FIRST_LINE = "twinshare-manifest 1\n";

    /**
     * Reads a manifest and sees that it is the one that the release is named after.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Manifest of(Release release, byte[] bytes) {
        String hash = HexFormat.of()
                .formatHex(sha256(bytes))
                .substring(0, release.hash().length());
        if (!hash.equals(release.hash())) {
            throw new IllegalArgumentException("its SHA-256 begins with " + hash + " instead of " + release.hash());
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        if (!text.startsWith(FIRST_LINE)) {
            throw new IllegalArgumentException("it is of a version that this twinmount does not know");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        text.substring(FIRST_LINE.length())
                .lines()
                .map(Entry::parse)
                .forEach(entry -> entries.put(entry.path(), entry));
        return new Manifest(entries);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether there is a file whose content is not known. */
    boolean isUnread(String path) {
        Entry entry = entries.get(path);
        return entry != null && entry.isUnread();
    }

    long files() {
        return entries.values().stream().filter(Entry::isFile).count();
    }
}
