package org.twinshare.client.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A node on which nothing is changed: what would be is said instead, for {@code --dry-run}. */
public final class RehearsedNode implements Node {
    private final Node node;
    private final Consumer<String> saying;

    public RehearsedNode(Node node, Consumer<String> saying) {
        this.node = node;
        this.saying = saying;
    }

    @Override
    public Ended run(Duration atMost, List<String> command) {
        return node.run(atMost, command);
    }

    @Override
    public Ended change(Duration atMost, List<String> command) {
        saying.accept("would run    " + ShellWords.of(command));
        return new Ended(0, "", "", false);
    }

    @Override
    public void write(Path file, String text) {
        saying.accept("would write  " + file + "\n" + text.indent(13).stripTrailing());
    }

    @Override
    public Optional<String> read(Path file) {
        return node.read(file);
    }

    @Override
    public List<Path> list(Path directory) {
        return node.list(directory);
    }

    @Override
    public boolean isRehearsal() {
        return true;
    }

    @Override
    public boolean isRoot() {
        return true;
    }
}
