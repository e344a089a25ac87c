package org.twinshare.fileserver.lab;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace without a card, but with addresses: a call to one of them comes from that one. So a program that asks
 * them is several clients.
 */
public final class LoneNamespace implements AutoCloseable {
    private final String name;

    private LoneNamespace(String name) {
        this.name = name;
    }

    /** Opens one; a test that is not root's is skipped. */
    public static LoneNamespace open(String prefix, String... addresses) {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "a network namespace needs root");
        LoneNamespace opened =
                new LoneNamespace(prefix + ProcessHandle.current().pid());
        Shell.run("ip", "netns", "add", opened.name).orFail();
        Shell.run("ip", "-n", opened.name, "link", "set", "lo", "up").orFail();
        for (String address : addresses) {
            Shell.run("ip", "-n", opened.name, "addr", "add", address + "/24", "dev", "lo")
                    .orFail();
        }
        return opened;
    }

    /** The command that runs another one in it. */
    public List<String> inside(List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    @Override
    public void close() {
        Shell.run("ip", "netns", "del", name);
    }
}
