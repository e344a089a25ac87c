package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.twinshare.client.node.Node;

/**
 * Reads the configuration of an Apache as far as it says where files are served from: Include with its patterns, Define and
 * envvars, sections. Conditions (IfModule, IfDefine) are taken to hold. Nothing but the configuration's own files is touched.
 */
final class ApacheConfig {
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern EXPORT = Pattern.compile("(?m)^\\s*export\\s+(\\w+)=([^$\\s]*)");
    private static final int DEEPEST = 16;

    private final Node node;
    private final Map<String, String> variables = new HashMap<>();
    private final List<Directive> directives = new ArrayList<>();
    private Path root;

    private ApacheConfig(Node node, Path root) {
        this.node = node;
        this.root = root;
    }

    /** All directives in the order in which Apache reads them; none when there is no such file. */
    static List<Directive> read(Node node, Path file) {
        Path directory = file.resolveSibling("");
        ApacheConfig config = new ApacheConfig(node, directory);
        Matcher exported =
                EXPORT.matcher(node.read(directory.resolve("envvars")).orElse(""));
        while (exported.find()) {
            config.variables.put(exported.group(1), exported.group(2));
        }
        config.readFile(file, List.of(), 0);
        return config.directives;
    }

    private void readFile(Path file, List<String> outer, int depth) {
        List<String> sections = new ArrayList<>(outer);
        StringBuilder whole = new StringBuilder();
        int lineNumber = 0;
        for (String line : node.read(file).orElse("").lines().toList()) {
            lineNumber++;
            if (line.endsWith("\\")) {
                whole.append(line, 0, line.length() - 1);
            } else {
                readLine(whole.append(line).toString().strip(), sections, file, lineNumber, depth);
                whole.setLength(0);
            }
        }
    }

    private void readLine(String line, List<String> sections, Path file, int lineNumber, int depth) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("</")) {
            if (!sections.isEmpty()) {
                sections.removeLast();
            }
            return;
        }
        boolean opens = line.startsWith("<");
        String content = opens ? line.substring(1).replaceFirst(">\\s*$", "") : line;
        List<String> words = words(content);
        if (words.isEmpty()) {
            return;
        }
        if (opens) {
            sections.add(String.join(" ", words));
            return;
        }
        Directive directive = new Directive(words, sections, file, lineNumber);
        directives.add(directive);
        follow(directive, depth);
    }

    private List<String> words(String content) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(content);
        while (matcher.find()) {
            String word = matcher.group(1) != null
                    ? matcher.group(1)
                    : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
            words.add(words.isEmpty() ? word.toLowerCase(Locale.ROOT) : expanded(word));
        }
        return words;
    }

    private String expanded(String word) {
        return VARIABLE.matcher(word)
                .replaceAll(found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group())));
    }

    private void follow(Directive directive, int depth) {
        if (directive.is("serverroot")) {
            root = Path.of(directive.argument());
        } else if (directive.is("define") && directive.words().size() > 2) {
            variables.put(directive.argument(), directive.words().get(2));
        } else if ((directive.is("include") || directive.is("includeoptional")) && depth < DEEPEST) {
            for (Path each : ConfigFiles.matching(node, root.resolve(directive.argument()))) {
                readFile(each, directive.sections(), depth + 1);
            }
        }
    }
}
