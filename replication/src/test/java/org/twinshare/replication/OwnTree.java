package org.twinshare.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.twinshare.filestore.CallId;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;

/** What a test of a journaled tree begins with: an empty directory to export, one for the state, and calls of one client. */
abstract class OwnTree {
    Path base = Path.of("");
    Path export = Path.of("");
    Path state = Path.of("");
    private int xid;

    @BeforeEach
    void makeDirectories() throws IOException {
        base = Served.temporary();
        export = Files.createDirectory(base.resolve("export"));
        state = Files.createDirectory(base.resolve("state"));
    }

    @AfterEach
    void deleteDirectories() throws IOException {
        Served.delete(base);
    }

    /** Runs a program to its end; returns its exit code. */
    static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** Another call. */
    CallId call() {
        return new CallId(InetAddress.getLoopbackAddress(), ++xid, 8, 1);
    }

    static Operation create(Served served, String name) {
        SetAttributes mode = new SetAttributes(0644, null, null, null, null, null);
        return new Operation.Create(served.admin, served.root, Name.of(name), Operation.CreateMode.GUARDED, mode, 0);
    }
}
