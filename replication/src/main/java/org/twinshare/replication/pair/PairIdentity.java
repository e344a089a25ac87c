package org.twinshare.replication.pair;

import com.google.common.base.Splitter;
import com.google.common.net.HostAndPort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.RefusedException;

/**
 * Who this server is in its pair, in the directory {@code pair} of the state: {@code own.p12} with its key and certificate, and
 * {@code pair.properties} with its name and the other server. Thread-safe; a change is on disk when it returns.
 */
public final class PairIdentity {
    private static final String DIRECTORY = "pair";
    private static final String OWN = "own.p12";
    private static final String FILE = "pair.properties";

    private final Path directory;
    private final KeyStore own;
    private final String name;
    private @Nullable Peer peer;

    private PairIdentity(Path directory, KeyStore own, String name) {
        this.directory = directory;
        this.own = own;
        this.name = name;
    }

    /** Opens what is in a state directory, or makes a new key for a server of this name. */
    public static PairIdentity open(Path state, String name) throws IOException, RefusedException {
        Path directory = state.resolve(DIRECTORY);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (!Files.exists(directory)) {
            Files.createDirectories(directory, ownerOnly);
        }
        Path keys = directory.resolve(OWN);
        if (!Files.exists(keys)) {
            Path unfinished = directory.resolve(OWN + ".new");
            Files.deleteIfExists(unfinished);
            KeyMaker.make(unfinished, name);
            force(unfinished);
            Files.move(unfinished, keys, StandardCopyOption.ATOMIC_MOVE);
        }
        PairIdentity identity = new PairIdentity(directory, load(keys), name);
        if (Files.exists(directory.resolve(FILE))) {
            return identity.read();
        }
        identity.write();
        return identity;
    }

    private static KeyStore load(Path keys) throws IOException, RefusedException {
        try {
            return KeyStore.getInstance(keys.toFile(), KeyMaker.PASSWORD.toCharArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new RefusedException(
                    "the key of this server in " + keys + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "bring back the file, or remove it and add this server to the pair again");
        }
    }

    private PairIdentity read() throws IOException, RefusedException {
        Path file = directory.resolve(FILE);
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            PairIdentity found = new PairIdentity(directory, own, properties.getProperty("name", name));
            found.peer = peer(properties);
            return found;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new RefusedException(
                    "the pair's file " + file + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "bring back the state directory as it was");
        }
    }

    private static @Nullable Peer peer(Properties properties) throws GeneralSecurityException {
        String encoded = properties.getProperty("peer-certificate");
        if (encoded == null) {
            return null;
        }
        byte[] der = Base64.getDecoder().decode(encoded);
        var factory = CertificateFactory.getInstance("X.509");
        return new Peer(
                properties.getProperty("peer-name", ""),
                (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)),
                Splitter.on(' ')
                        .omitEmptyStrings()
                        .splitToStream(properties.getProperty("peer-addresses", ""))
                        .map(HostAndPort::fromString)
                        .toList(),
                Boolean.parseBoolean(properties.getProperty("peer-is-dialled")));
    }

    /** Where the pair's files are, which only this server's user may read. */
    Path directory() {
        return directory;
    }

    private void write() throws IOException {
        Properties properties = new Properties();
        properties.setProperty("name", name);
        Peer other = peer;
        if (other != null) {
            properties.setProperty("peer-name", other.name());
            properties.setProperty("peer-certificate", encoded(other.certificate()));
            properties.setProperty(
                    "peer-addresses",
                    other.addresses().stream().map(HostAndPort::toString).collect(Collectors.joining(" ")));
            properties.setProperty("peer-is-dialled", Boolean.toString(other.isDialled()));
        }
        StringWriter text = new StringWriter();
        properties.store(text, "The pair that this server belongs to. Written by Twinshare.");
        Path unfinished = directory.resolve(FILE + ".new");
        Files.writeString(unfinished, text.toString());
        force(unfinished);
        Files.move(unfinished, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    private static String encoded(X509Certificate certificate) {
        try {
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** This server and the other one are a pair from now on. */
    synchronized void pairWith(Peer other) throws IOException {
        Peer earlier = peer;
        peer = other;
        try {
            write();
        } catch (IOException e) {
            peer = earlier;
            throw e;
        }
    }

    /** The other server is no longer one of the pair. */
    public synchronized void forgetPeer() throws IOException {
        peer = null;
        write();
    }

    /** Whether a state directory belongs to a server of a pair, or one that has invited another. */
    public static boolean isIn(Path state) {
        return Files.exists(state.resolve(DIRECTORY).resolve(FILE));
    }

    public String name() {
        return name;
    }

    public synchronized @Nullable Peer peer() {
        return peer;
    }

    KeyStore own() {
        return own;
    }

    Fingerprint fingerprint() {
        try {
            return Fingerprint.of((X509Certificate) own.getCertificate(KeyMaker.ALIAS));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
