package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.util.List;

/**
 * One setting of a web server, wherever it is written.
 *
 * @param words    its name in lower case, and its arguments
 * @param sections the sections it is in, outermost first, each with its arguments: {@code directory /localData}
 */
record Directive(List<String> words, List<String> sections, Path file, int lineNumber) {
    Directive {
        words = List.copyOf(words);
        sections = List.copyOf(sections);
    }

    boolean is(String name) {
        return words.size() > 1 && words.getFirst().equals(name);
    }

    String argument() {
        return words.get(1);
    }

    String place() {
        return file + ":" + lineNumber;
    }
}
