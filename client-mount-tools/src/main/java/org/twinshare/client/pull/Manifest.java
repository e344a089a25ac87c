package org.twinshare.client.pull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a tree consists of, by escaped path: read from a manifest of the server, whose format {@code docs/source-tree.md} draws,
 * or found on the disk. Immutable.
 *
 * @param text the manifest as it came; empty for what was found
 */
record Manifest(Map<String, Entry> entries, byte[] text) {
    private static final byte[] NO_TEXT = {};
    /** No tree at all. */
    static final Manifest NOTHING = found(Map.of());

    private static final byte[] FIRST_LINE = "twinshare-manifest 1\n".getBytes(StandardCharsets.US_ASCII);

    /** What a tree on the disk consists of. */
    static Manifest found(Map<String, Entry> entries) {
        return new Manifest(entries, NO_TEXT);
    }

    /** The same, where no earlier one is known. */
    static Manifest of(Release release, byte[] bytes) {
        return of(release, bytes, NOTHING);
    }

    /**
     * Reads a manifest and sees that it is the one that the release is named after.
     *
     * @param before an earlier one: a line that is in both is not read again
     * @throws IllegalArgumentException for anything else
     */
    static Manifest of(Release release, byte[] bytes, Manifest before) {
        String hash = HexFormat.of()
                .formatHex(sha256(bytes))
                .substring(0, release.hash().length());
        if (!hash.equals(release.hash())) {
            throw new IllegalArgumentException("its SHA-256 begins with " + hash + " instead of " + release.hash());
        }
        if (!Arrays.equals(Arrays.copyOf(bytes, FIRST_LINE.length), FIRST_LINE)) {
            throw new IllegalArgumentException("it is of a version that this twinmount does not know");
        }
        boolean anew = before.text.length == 0;
        ManifestLines lines = ManifestLines.between(anew ? FIRST_LINE : before.text, bytes);
        Map<String, Entry> entries = anew ? new LinkedHashMap<>() : new LinkedHashMap<>(before.entries);
        lines.gone().forEach(line -> entries.remove(ManifestLines.pathOf(line)));
        for (String line : lines.added()) {
            Entry entry = Entry.parse(line);
            entries.put(entry.path(), entry);
        }
        return new Manifest(entries, bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What another one does not have as this has it, or has as well: all of it, where one of the two was found on the disk. */
    List<Entry> notIn(Manifest other) {
        if (text.length == 0 || other.text.length == 0) {
            return List.copyOf(entries.values());
        }
        return ManifestLines.between(other.text, text).added().stream()
                .map(line -> entries.get(ManifestLines.pathOf(line)))
                .toList();
    }

    long files() {
        return entries.values().stream().filter(Entry::isFile).count();
    }
}
