package org.twinshare.replication.address;

import java.io.IOException;
import java.util.List;

/**
 * Lets a command of the operator carry the address: it is run with {@code take} or {@code release}, and has a few seconds. It
 * never decides.
 */
public final class HookAddress implements ServiceAddress {
    private final String command;
    private boolean held;

    public HookAddress(String command) {
        this.command = command;
    }

    @Override
    public synchronized void take(Runnable onLost) throws IOException {
        SystemProgram.run(List.of(command, "take"));
        held = true;
    }

    @Override
    public synchronized void release() throws IOException {
        if (held) {
            held = false;
            SystemProgram.run(List.of(command, "release"));
        }
    }
}
