package org.twinshare.client.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.MountLine;

/** What the documentation tells people to type is what the command takes. */
class DocumentedCommandsTest {
    private static final Path DOCUMENTATION = Path.of("../docs");
    private static final Pattern IN_A_BLOCK = Pattern.compile("(?m)^ {4}\\$ (?:sudo )?twinmount ([^#\\n]+)");
    private static final Pattern IN_A_LINE = Pattern.compile("`twinmount ([^`]+)`");

    private static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(DOCUMENTATION)) {
            for (Path each :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                pages.add(Files.readString(each));
            }
        }
        return pages;
    }

    @Test
    void everyCommandOfTheDocumentationIsOne() throws IOException {
        List<String> commands = new ArrayList<>();
        for (String page : pages()) {
            for (Pattern pattern : List.of(IN_A_BLOCK, IN_A_LINE)) {
                Matcher matcher = pattern.matcher(page);
                while (matcher.find()) {
                    commands.add(matcher.group(1).strip());
                }
            }
        }

        assertThat(commands).contains("mount fileserver:/localData /localData --boot --service apache2");
        for (String command : commands) {
            List<String> words = Splitter.onPattern("\\s+").splitToList(command);
            boolean nameOnly = words.size() == 1;
            String[] arguments = nameOnly ? new String[] {command, "--help"} : words.toArray(String[]::new);
            assertThatCode(() -> Twinmount.commandLine().parseArgs(arguments))
                    .as(command)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void theOptionLineOfTheDocumentationIsTheOneThatIsUsed() throws IOException {
        assertThat(Files.readString(DOCUMENTATION.resolve("mounting.md")))
                .contains("\n    " + MountLine.options("fileserver", 2049) + "\n");
    }
}
