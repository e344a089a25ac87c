package org.twinshare.fileserver.rules;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Listens to standard error, where the log goes, and still lets everything through. */
final class StandardError implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    StandardError() {
        System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
    }

    /** Everything so far. */
    String text() {
        return heard.toString(StandardCharsets.UTF_8);
    }

    /** The lines with this word in them. */
    List<String> lines(String word) {
        return text().lines().filter(line -> line.contains(word)).toList();
    }

    @Override
    public void close() {
        System.setErr(before);
        before.print(text());
    }
}
