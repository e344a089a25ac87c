package org.twinshare.fileserver.webnode;

import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.twinshare.client.command.Twinmount;

/** The twinmount command in the network of a lab, for a node of it: each line that it reads is a command line. */
final class TwinmountProgram {
    private TwinmountProgram() {}

    /**
     * Answers until its input ends.
     *
     * @param arguments the linux-client script, the node's name, and words that go before every command there
     */
    public static void main(String... arguments) throws IOException {
        List<String> words = List.of(arguments);
        UmlNode node = new UmlNode(Path.of(words.get(0)), words.get(1), words.subList(2, words.size()));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int code = Twinmount.run(node, Splitter.on(' ').splitToList(line).toArray(String[]::new));
            System.out.println(code);
            System.out.println("done");
        }
    }
}
