package org.twinshare.fileserver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/settings.md} tells of every key, with its default. */
final class SettingsTableTest {
    private static final Path TABLE = Path.of("..", "docs", "settings.md");

    @Test
    void theTableHasEveryKeyWithItsDefaultAndNoOther() throws IOException {
        CommandLine all = Twinshare.commandLine(new Twinshare(), List.of());
        Map<String, OptionSpec> options = new HashMap<>();
        for (CommandLine command : all.getSubcommands().values()) {
            command.getCommandSpec().options().forEach(option -> options.put(DefaultValues.key(option), option));
        }
        Map<String, String> rows = rows();

        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(Twinshare.keys(all));
        rows.forEach((key, row) -> {
            OptionSpec option = Objects.requireNonNull(options.get(key), key);
            assertThat(row).as(key).contains("| `" + DefaultValues.variable(option) + "` |");
            String given = option.defaultValue();
            if (given != null) {
                assertThat(row).as(key).startsWith("| `" + key + "` | `" + given + "` |");
            }
        });
    }

    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new HashMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("| `")) {
                rows.put(line.substring(3, line.indexOf('`', 3)), line);
            }
        }
        return rows;
    }
}
