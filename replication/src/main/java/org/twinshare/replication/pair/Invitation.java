package org.twinshare.replication.pair;

import com.google.common.base.Splitter;
import com.google.common.net.HostAndPort;
import java.util.HexFormat;
import java.util.List;
import org.twinshare.replication.RefusedException;

/**
 * The line that {@code standby add} prints and {@code standby join} takes: {@code ADDRESS:PORT/TOKEN/FINGERPRINT}.
 *
 * @param tokenHigh, tokenLow 128 random bits, good once and for 15 minutes
 */
public record Invitation(HostAndPort address, long tokenHigh, long tokenLow, String fingerprint) {
    private static final int TOKEN_LENGTH = 32;

    /** One line to paste. */
    public String line() {
        HexFormat hex = HexFormat.of();
        return address + "/" + hex.toHexDigits(tokenHigh) + hex.toHexDigits(tokenLow) + "/" + fingerprint;
    }

    /** Takes the line apart; what was pasted with it around its ends does not matter. */
    public static Invitation parse(String line) throws RefusedException {
        List<String> parts = Splitter.on('/').splitToList(line.strip());
        try {
            if (parts.size() == 3
                    && parts.get(1).length() == TOKEN_LENGTH
                    && parts.get(2).length() == Fingerprint.LENGTH
                    && HexFormat.of().parseHex(parts.get(2)).length > 0) {
                String token = parts.get(1);
                return new Invitation(
                        HostAndPort.fromString(parts.get(0)).withDefaultPort(PairListener.PORT),
                        HexFormat.fromHexDigitsToLong(token, 0, TOKEN_LENGTH / 2),
                        HexFormat.fromHexDigitsToLong(token, TOKEN_LENGTH / 2, TOKEN_LENGTH),
                        parts.get(2));
            }
        } catch (IllegalArgumentException e) {
            // As any other line that is none.
        }
        throw new RefusedException(
                "this is no line of standby add",
                "it should read ADDRESS:PORT/TOKEN/FINGERPRINT, with a token of 32 and a fingerprint of 64 digits",
                "run  twinshare standby add  on the primary and paste the whole line that it prints");
    }

    /** A token is not written to a log by accident. */
    @Override
    public String toString() {
        return "Invitation[" + address + "]";
    }
}
