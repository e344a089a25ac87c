package org.twinshare.fileserver.source;

import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;

/**
 * What a node says of itself whenever it asks for news. All but its name may be missing.
 *
 * @param node      how it calls itself
 * @param live      the release that it serves
 * @param staged    the release that it could flip to at once
 * @param failed    the release that it could not stage or would not take
 * @param error     why
 * @param flippedMs when it flipped to the live one, in milliseconds since 1970 by its clock
 * @param watch     whether it goes on asking
 * @param known     the version of the news that it has
 */
record NodeReport(
        String node,
        @Nullable String live,
        @Nullable String staged,
        @Nullable String failed,
        @Nullable Problem error,
        long flippedMs,
        boolean watch,
        long known) {
    /** A report without what identifies it is none; Gson leaves out what is missing. */
    boolean isUsable() {
        return node != null && node.matches("[A-Za-z0-9_.:-]{1,255}");
    }
}
