package org.twinshare.fileserver.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a test starts a main class as a process of its own: with the access that our programs need of the runtime. Stateless. */
public final class JavaCommand {
    private JavaCommand() {}

    /**
     * The words of the command.
     *
     * @param options of the runtime, such as {@code -Xmx64m}
     * @param words   for the main class
     */
    public static List<String> of(List<String> options, String mainClass, List<String> words) {
        return of(options, System.getProperty("java.class.path"), mainClass, words);
    }

    static List<String> of(List<String> options, String classPath, String mainClass, List<String> words) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                classPath,
                mainClass));
        command.addAll(words);
        return command;
    }
}
