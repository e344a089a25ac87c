package org.twinshare.exports.file;

import java.util.List;
import java.util.stream.Collectors;

/** Words of a file inside a message: escaped, and no longer than a message may be. Stateless. */
final class Show {

    private static final int MAX_LENGTH = 120;

    private Show() {}

    static String word(Word word) {
        return abbreviate(word.shown());
    }

    /** Words that were written apart and belong together. */
    static String joined(List<Word> words) {
        return abbreviate(words.stream().map(Word::shown).collect(Collectors.joining()));
    }

    static String abbreviate(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    }
}
