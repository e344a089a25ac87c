package org.twinshare.fileserver.server;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out who holds a TCP port, for the message that says so. Reads /proc; knows nothing without root. */
final class PortHolder {
    private static final String LISTENING = "0A";

    private PortHolder() {}

    /** The holder in words, such as {@code ganesha.nfsd, process 4711}; empty where it cannot be seen. */
    static Optional<String> of(int port) {
        try {
            Optional<String> inode = listeningInode(port);
            if (inode.isEmpty()) {
                return Optional.empty();
            }
            // The kernel's own NFS server listens on a socket that belongs to no process.
            if (inode.get().equals("0") || isKernelServer()) {
                return Optional.of("the kernel's NFS server (knfsd)");
            }
            return process("socket:[" + inode.get() + "]");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isKernelServer() throws IOException {
        Path threads = Path.of("/proc/fs/nfsd/threads");
        return Files.isReadable(threads) && !Files.readString(threads).trim().equals("0");
    }

    private static Optional<String> listeningInode(int port) throws IOException {
        String local = String.format(":%04X", port);
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            if (!Files.exists(Path.of(table))) {
                continue;
            }
            try (Stream<String> lines = Files.lines(Path.of(table))) {
                Optional<String> inode = lines.skip(1)
                        .map(line -> line.trim().split("\\s+", -1))
                        .filter(words -> words.length > 9 && words[1].endsWith(local) && words[3].equals(LISTENING))
                        .map(words -> words[9])
                        .findFirst();
                if (inode.isPresent()) {
                    return inode;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> process(String socket) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, socket)) {
                    String name = Files.readString(process.resolve("comm")).trim();
                    return Optional.of(name + ", process " + process.getFileName());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, String socket) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }
}
