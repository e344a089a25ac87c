package org.twinshare.fileserver.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.twinshare.exports.Problem;

/** Finds out who holds a TCP port, for the message that says so. Reads /proc; knows nothing without root. */
final class PortHolder {
    private static final String LISTENING = "0A";

    private static final String KERNEL_SERVER = "the kernel's NFS server (knfsd)";

    private final Path proc;

    /** @param proc where proc(5) is mounted */
    PortHolder(Path proc) {
        this.proc = proc;
    }

    /** Why a server cannot listen there, and what to do. */
    static Problem problem(InetSocketAddress address, String otherwise) {
        return new PortHolder(Path.of("/proc")).problemOf(address, otherwise);
    }

    /** The holder in words, such as {@code ganesha.nfsd, process 4711}; empty where it cannot be seen. */
    static Optional<String> of(int port) {
        return new PortHolder(Path.of("/proc")).holder(port);
    }

    Problem problemOf(InetSocketAddress address, String otherwise) {
        String holder = holder(address.getPort()).orElse(otherwise);
        return new Problem(
                "cannot listen on TCP port " + address.getPort() + " of "
                        + address.getAddress().getHostAddress(),
                holder,
                holder.equals(KERNEL_SERVER)
                        ? "systemctl disable --now nfs-server"
                        : "stop it, or take another port with --port");
    }

    Optional<String> holder(int port) {
        try {
            Optional<String> inode = listeningInode(port);
            if (inode.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> process = process("socket:[" + inode.get() + "]");
            // The kernel's own NFS server listens on a socket that belongs to no process.
            return process.isEmpty() && isKernelServer() ? Optional.of(KERNEL_SERVER) : process;
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isKernelServer() throws IOException {
        Path threads = proc.resolve("fs/nfsd/threads");
        return Files.isReadable(threads) && !Files.readString(threads).trim().equals("0");
    }

    private Optional<String> listeningInode(int port) throws IOException {
        String local = String.format(":%04X", port);
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            if (!Files.exists(proc.resolve(table))) {
                continue;
            }
            try (Stream<String> lines = Files.lines(proc.resolve(table))) {
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

    private Optional<String> process(String socket) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
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
