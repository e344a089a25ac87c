package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.twinshare.client.node.Node;

/** Reads the configuration of an nginx as far as it says where files are served from: statements, blocks and include. */
final class NginxConfig {
    private static final Pattern TOKEN =
            Pattern.compile("#[^\\n]*|\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|([;{}])|([^\\s;{}]+)");
    private static final int DEEPEST = 16;

    private final Node node;
    private final Path root;
    private final List<Directive> directives = new ArrayList<>();

    private NginxConfig(Node node, Path root) {
        this.node = node;
        this.root = root;
    }

    /** All directives in the order in which nginx reads them; none when there is no such file. */
    static List<Directive> read(Node node, Path file) {
        NginxConfig config = new NginxConfig(node, file.resolveSibling(""));
        config.readFile(file, List.of(), 0);
        return config.directives;
    }

    private void readFile(Path file, List<String> outer, int depth) {
        String text = node.read(file).orElse("");
        List<String> sections = new ArrayList<>(outer);
        List<String> words = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        int lineNumber = 1;
        int counted = 0;
        while (matcher.find()) {
            String mark = matcher.group(3);
            if (mark == null) {
                word(matcher).ifPresent(words::add);
                continue;
            }
            switch (mark) {
                case "{" -> sections.add(String.join(" ", words));
                case "}" -> close(sections);
                default -> {
                    for (; counted < matcher.start(); counted++) {
                        lineNumber += text.charAt(counted) == '\n' ? 1 : 0;
                    }
                    statement(words, sections, file, lineNumber, depth);
                }
            }
            words.clear();
        }
    }

    private static void close(List<String> sections) {
        if (!sections.isEmpty()) {
            sections.removeLast();
        }
    }

    private static Optional<String> word(Matcher matcher) {
        if (matcher.group(1) != null) {
            return Optional.of(matcher.group(1));
        }
        return Optional.ofNullable(matcher.group(2) != null ? matcher.group(2) : matcher.group(4));
    }

    private void statement(List<String> words, List<String> sections, Path file, int lineNumber, int depth) {
        if (words.size() < 2) {
            return;
        }
        words.set(0, words.getFirst().toLowerCase(Locale.ROOT));
        Directive directive = new Directive(words, sections, file, lineNumber);
        directives.add(directive);
        if (directive.is("include") && depth < DEEPEST) {
            ConfigFiles.matching(node, root.resolve(directive.argument()))
                    .forEach(each -> readFile(each, sections, depth + 1));
        }
    }
}
