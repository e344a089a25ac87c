package org.twinshare.fileserver.command;

import picocli.CommandLine.Option;

/** Whether a command prints for programs. */
final class JsonOption {
    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    boolean json() {
        return json;
    }
}
