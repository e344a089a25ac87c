package org.twinshare.exports.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.client.ClientReader;

/**
 * Reads the words of one line, a path and its clients, into entries. What would open the export to everyone by accident
 * is an error, whatever nfs-utils makes of it. Not thread-safe, used for one line.
 */
final class LineReader {

    private final SourceText source;
    private final Diagnostics diagnostics;
    private final List<Word> words;
    private final OptionReader defaults;
    private final List<ExportEntry> entries = new ArrayList<>();
    private boolean clientSeen;

    LineReader(SourceText source, Diagnostics diagnostics, List<Word> words) {
        this.source = source;
        this.diagnostics = diagnostics;
        this.words = words;
        this.defaults = new OptionReader(source, diagnostics);
    }

    /** The entries of the line; fewer than it has clients only when errors were reported. */
    List<ExportEntry> read() {
        if (words.stream().anyMatch(Word::faulty)) {
            return List.of();
        }
        Word first = words.get(0);
        Optional<String> fault = BytePath.faultOf(first.bytes());
        if (fault.isPresent()) {
            error(first.start(), "\"" + Show.word(first) + "\" " + fault.get(), pathRemedy(first));
            return List.of();
        }
        BytePath path = BytePath.of(first.bytes());
        int at = 1;
        while (at < words.size()) {
            at = readWord(path, at);
        }
        if (!clientSeen) {
            String shown = Show.word(first);
            error(
                    words.get(words.size() - 1).end(),
                    "no host: this would open " + shown + " to everyone",
                    "write  " + shown + " 192.168.1.2(rw)  with the host meant, or  " + shown
                            + " *(ro)  if everyone is meant");
        }
        return entries;
    }

    private static String pathRemedy(Word first) {
        return first.startsWith('/')
                ? "write the directory's real path"
                : "start the line with the directory to export, then its clients";
    }

    /** Reads the default options or the client at this index; returns the index to go on with. */
    private int readWord(BytePath path, int index) {
        Word word = words.get(index);
        if (word.startsWith('-')) {
            readDefaults(word);
            return index + 1;
        }
        clientSeen = true;
        int open = word.indexOf('(');
        int last = open < 0 || word.indexOf(')') >= 0 ? index : lastOfList(index);
        if (open == 0) {
            withoutHost(index, last);
        } else if (last > index) {
            String joined = Show.joined(words.subList(index, last + 1));
            error(words.get(index + 1).start(), "a space inside a list of options ends the client", "write  " + joined);
        } else {
            readClient(path, word, open);
        }
        return last + 1;
    }

    private void readDefaults(Word word) {
        if (word.length() == 1) {
            error(word.start(), "no options after the dash", "write  -rw,sync  or leave the dash out");
        } else {
            defaults.read(word, 1, word.length());
        }
    }

    /** The index of the word that closes the list of options opened at {@code index}; {@code index} when none does. */
    private int lastOfList(int index) {
        for (int at = index + 1; at < words.size() && words.get(at).indexOf('(') < 0; at++) {
            if (words.get(at).indexOf(')') >= 0) {
                return at;
            }
        }
        return index;
    }

    /**
     * Options that no host precedes: exports(5) gives them to everyone, and hardly anybody who writes them means
     * that.
     */
    private void withoutHost(int index, int last) {
        Word list = words.get(index);
        boolean closed = words.get(last).indexOf(')') >= 0;
        String options = Show.joined(words.subList(index, last + 1)) + (closed ? "" : ")");
        Word previous = words.get(index - 1);
        boolean hostBefore = index > 1 && !previous.startsWith('-') && previous.indexOf('(') < 0;
        if (!hostBefore) {
            error(
                    list.offsetOf(0),
                    "no host before \"(\": these options would go to everyone",
                    "write  *" + options + "  if everyone is meant, else the host before \"(\"");
            return;
        }
        boolean sameLine = source.onSameLine(previous.start(), list.start());
        int space = sameLine ? list.start() - 1 : list.start();
        String host = Show.word(previous);
        diagnostics.add(
                Severity.ERROR,
                source.locate(space, list.start()),
                (sameLine ? "space" : "line break") + " before \"(\" gives these options to everyone, not to " + host,
                "write  " + host + options);
    }

    private void readClient(BytePath path, Word word, int open) {
        int close = word.indexOf(')');
        int length = word.length();
        if (open >= 0 && close < 0) {
            error(word.offsetOf(open), "this list of options is not closed", "write  " + Show.word(word) + ")");
            return;
        }
        if (close >= 0 && open >= 0 && close != length - 1) {
            int after = close < open ? close : close + 1;
            boolean comment = word.at(after) == '#';
            String remedy = comment ? "put a space before the comment" : "separate clients with spaces";
            error(word.offsetOf(after), "a client ends with the bracket that closes its options", remedy);
            return;
        }
        Word client = open < 0 ? word : word.part(0, open);
        switch (ClientReader.read(client.text())) {
            case ClientReader.Reading.Fault fault ->
                error(word.offsetOf(fault.at()), describe(client, fault.message()), fault.remedy());
            case ClientReader.Reading.Client read -> {
                read.advice()
                        .ifPresent(advice -> diagnostics.add(
                                Severity.WARNING, source.locate(word.start()), advice.message(), advice.remedy()));
                addEntry(path, read.match(), word, open, close);
            }
        }
    }

    private void addEntry(BytePath path, ClientMatch client, Word word, int open, int close) {
        OptionReader options = defaults.copy();
        if (open >= 0) {
            options.read(word, open + 1, close);
        }
        entries.add(new ExportEntry(path, client, options.finish(), source.locate(word.start())));
    }

    private static String describe(Word client, String message) {
        return client.length() == 0 ? message : "\"" + Show.word(client) + "\": " + message;
    }

    private void error(int offset, String message, String remedy) {
        diagnostics.add(Severity.ERROR, source.locate(offset), message, remedy);
    }
}
