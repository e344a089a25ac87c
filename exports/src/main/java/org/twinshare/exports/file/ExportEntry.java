package org.twinshare.exports.file;

import org.twinshare.exports.BytePath;
import org.twinshare.exports.Location;
import org.twinshare.exports.client.ClientMatch;
import org.twinshare.exports.options.ExportOptions;

/**
 * One client of one line: what exports(5) calls an entry, with its options resolved.
 *
 * @param path     the path of the line
 * @param client   which clients
 * @param options  what they may do, and as whom
 * @param location where the client stands
 */
public record ExportEntry(BytePath path, ClientMatch client, ExportOptions options, Location location) {

    /** {@code client(options)} in the normal form. */
    public String text() {
        return client.text() + "(" + options.text() + ")";
    }
}
