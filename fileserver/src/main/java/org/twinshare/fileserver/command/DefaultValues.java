package org.twinshare.fileserver.command;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.settings.Settings;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What an option has when the command line does not say: the environment's word, then the settings file's. */
final class DefaultValues implements IDefaultValueProvider {
    private final Settings settings;

    DefaultValues(Settings settings) {
        this.settings = settings;
    }

    /** The key of an option in the settings file: its long name without the dashes. */
    static String key(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    /** The environment variable of an option. */
    static String variable(OptionSpec option) {
        return "TWINSHARE_" + key(option).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String fromEnvironment = System.getenv(variable(option));
        return fromEnvironment == null ? settings.value(key(option)) : fromEnvironment;
    }
}
