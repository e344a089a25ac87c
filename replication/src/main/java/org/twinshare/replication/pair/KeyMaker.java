package org.twinshare.replication.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.twinshare.replication.RefusedException;

/** Makes a key and its own certificate with the JDK's keytool: the JDK has no other public way to sign one. */
final class KeyMaker {
    static final String ALIAS = "pair";
    /** PKCS#12 wants one; the file's mode is what protects it. */
    static final String PASSWORD = "twinshare";

    private static final String DAYS = "36500";

    private KeyMaker() {}

    /** Makes a file that is not there yet, readable by its owner only when its directory is. */
    static void make(Path file, String name) throws IOException, RefusedException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        if (!Files.isExecutable(keytool)) {
            throw new RefusedException(
                    "no key can be made for this server",
                    "there is no " + keytool + ": this Java has no development tools",
                    "install the JDK, not only the JRE");
        }
        ProcessBuilder command = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=twinshare",
                        "-validity",
                        DAYS,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true);
        Process process = command.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!hasEnded(process) || process.exitValue() != 0) {
            throw new RefusedException(
                    "no key can be made for " + name, "keytool says: " + output.strip(), "see keytool");
        }
    }

    private static boolean hasEnded(Process process) throws IOException {
        try {
            return process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
