package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code docs/rules.md} leads from each rule to tests that there are. */
final class RulesTableTest {
    private static final Path TABLE = Path.of("..", "docs", "rules.md");
    private static final Path HERE = Path.of("src", "test", "java", "org", "twinshare", "fileserver", "rules");
    private static final Pattern HEADING = Pattern.compile("## (\\d+)\\. .+");
    private static final Pattern TEST = Pattern.compile("- `(\\w+\\.\\w+)\\.(\\w+)`");
    private static final Pattern NAMED = Pattern.compile("void (rule(\\d+)\\w+)\\(");

    private static Map<Integer, List<String>> table() throws IOException {
        Map<Integer, List<String>> table = new TreeMap<>();
        List<String> tests = new ArrayList<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher heading = HEADING.matcher(line);
            Matcher test = TEST.matcher(line);
            if (heading.matches()) {
                tests = new ArrayList<>();
                table.put(Integer.valueOf(heading.group(1)), tests);
            } else if (test.matches()) {
                tests.add(test.group(1) + "." + test.group(2));
            }
        }
        return table;
    }

    @Test
    void everyRuleHasTests() throws IOException {
        assertThat(table().keySet())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 31).boxed().toList());
        assertThat(table().values()).noneMatch(List::isEmpty);
    }

    @Test
    void everyTestInTheTableIsThere() throws IOException {
        table().forEach((rule, tests) -> assertThat(tests)
                .as("rule %d", rule)
                .doesNotHaveDuplicates()
                .allSatisfy(test -> assertThat(isTest(test)).as(test).isTrue()));
    }

    private static boolean isTest(String name) {
        int dot = name.lastIndexOf('.');
        try {
            Class<?> type = Class.forName("org.twinshare.fileserver." + name.substring(0, dot));
            List<Method> methods = Arrays.asList(type.getDeclaredMethods());
            return methods.stream()
                    .filter(method -> method.getName().equals(name.substring(dot + 1)))
                    .anyMatch(method -> method.isAnnotationPresent(Test.class)
                            || method.isAnnotationPresent(ParameterizedTest.class));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void everyTestOfThisRoomThatNamesARuleIsInTheTable() throws IOException {
        Map<Integer, List<String>> table = table();
        try (DirectoryStream<Path> classes = Files.newDirectoryStream(HERE, "*IT.java")) {
            for (Path file : classes) {
                String type = "rules." + file.getFileName().toString().replace(".java", "");
                Matcher named = NAMED.matcher(Files.readString(file));
                while (named.find()) {
                    assertThat(table.get(Integer.valueOf(named.group(2)))).contains(type + "." + named.group(1));
                }
            }
        }
    }
}
