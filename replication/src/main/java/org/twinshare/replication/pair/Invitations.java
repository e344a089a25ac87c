package org.twinshare.replication.pair;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.channel.Join;

/**
 * The one invitation that is open, if one is. It outlives a restart of the server, in the file {@code invitation} of the pair's
 * directory: the token in 32 digits, and when it was given, in milliseconds since 1970. Thread-safe.
 */
public final class Invitations {
    static final Duration VALID = Duration.ofMinutes(15);
    private static final Logger LOG = LoggerFactory.getLogger(Invitations.class);
    private static final int MAX_WRONG = 5;
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{16})([0-9a-f]{16}) (\\d{1,18})\n");

    private final PairIdentity identity;
    private final Path file;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private int wrong;

    private record Token(long high, long low, Instant given) {}

    public Invitations(PairIdentity identity, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
        file = identity.directory().resolve("invitation");
    }

    /**
     * Opens an invitation for 15 minutes; an earlier one is void.
     *
     * @param address by which the new standby reaches this server
     */
    public synchronized Invitation open(HostAndPort address) throws IOException, RefusedException {
        Peer peer = identity.peer();
        if (peer != null) {
            throw new RefusedException(
                    "there is a standby already",
                    peer.name() + " is the other server of this pair, and a pair has two",
                    "remove it first: twinshare standby remove");
        }
        Invitation fresh = new Invitation(
                address,
                random.nextLong(),
                random.nextLong(),
                identity.fingerprint().hex());
        write(fresh.tokenHigh(), fresh.tokenLow());
        wrong = 0;
        return fresh;
    }

    private void write(long high, long low) throws IOException {
        Path unfinished = file.resolveSibling("invitation.new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        HexFormat hex = HexFormat.of();
        Files.writeString(
                unfinished,
                hex.toHexDigits(high) + hex.toHexDigits(low) + " "
                        + clock.instant().toEpochMilli() + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private @Nullable Token read() throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Matcher line = LINE.matcher(Files.readString(file));
        return line.matches()
                ? new Token(
                        HexFormat.fromHexDigitsToLong(line.group(1)),
                        HexFormat.fromHexDigitsToLong(line.group(2)),
                        Instant.ofEpochMilli(Long.parseLong(line.group(3))))
                : null;
    }

    /** Takes the token, which is not good a second time; says why when it is not good. */
    synchronized @Nullable Refusal take(Join join) {
        try {
            String fault = faultOf(join, read());
            return fault == null ? null : refusal(fault);
        } catch (IOException e) {
            LOG.error("The invitation {} cannot be used: {}", file, e.getMessage());
            return refusal("its invitation cannot be read: " + e.getMessage());
        }
    }

    private @Nullable String faultOf(Join join, @Nullable Token open) throws IOException {
        if (open == null || !clock.instant().isBefore(open.given().plus(VALID))) {
            Files.deleteIfExists(file);
            return "no invitation is open: it was used, or is older than 15 minutes";
        }
        // Both are compared in the same time, wherever they differ.
        if (((join.tokenHigh() ^ open.high()) | (join.tokenLow() ^ open.low())) != 0) {
            wrong++;
            if (wrong >= MAX_WRONG) {
                Files.deleteIfExists(file);
            }
            return "its token is not the one of the invitation";
        }
        Files.deleteIfExists(file);
        return null;
    }

    private Refusal refusal(String cause) {
        return new Refusal(
                identity.name() + " does not take this server as its standby",
                cause,
                "run  twinshare standby add  on " + identity.name() + " and paste the new line here");
    }
}
