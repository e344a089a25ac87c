package org.twinshare.client.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A node whose files are a map, and whose programs answer what the test says; what is changed is noted. */
public final class FakeNode implements Node {
    private final Map<Path, String> files = new TreeMap<>();
    private final Map<String, Ended> answers = new LinkedHashMap<>();
    private final List<String> changes = new ArrayList<>();

    public FakeNode() {
        file("/proc/self/status", "Name:\tjava\nUid:\t0\t0\t0\t0\n");
    }

    public FakeNode file(String path, String text) {
        files.put(Path.of(path), text);
        return this;
    }

    /** What every command that begins with these words prints, and how it ends. */
    public synchronized FakeNode answer(String words, int exitCode, String out) {
        answers.put(words, new Ended(exitCode, out, exitCode == 0 ? "" : out, false));
        return this;
    }

    /** A command that begins with these words does not end. */
    public synchronized FakeNode hang(String words) {
        answers.put(words, new Ended(-1, "", "", true));
        return this;
    }

    public List<String> changes() {
        return changes;
    }

    @Override
    public synchronized Ended run(Duration atMost, List<String> command) {
        String all = String.join(" ", command);
        return answers.entrySet().stream()
                .filter(each -> all.startsWith(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(new Ended(127, "", "no answer for: " + all, false));
    }

    @Override
    public Ended change(Duration atMost, List<String> command) {
        changes.add(String.join(" ", command));
        Ended answer = run(atMost, command);
        return answer.exitCode() == 127 ? new Ended(0, "", "", false) : answer;
    }

    @Override
    public void write(Path file, String text) {
        changes.add("write " + file);
        files.put(file, text);
    }

    @Override
    public Optional<String> read(Path file) {
        return Optional.ofNullable(files.get(file));
    }

    @Override
    public List<Path> list(Path directory) {
        return files.keySet().stream()
                .filter(each -> each.startsWith(directory) && each.getNameCount() > directory.getNameCount())
                .map(each -> directory.resolve(each.getName(directory.getNameCount())))
                .distinct()
                .toList();
    }
}
