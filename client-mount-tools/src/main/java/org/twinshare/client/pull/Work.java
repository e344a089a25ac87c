package org.twinshare.client.pull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What there is to do for a release.
 *
 * @param live       the running tree, if there is one
 * @param before     what it consists of: by its manifest where it is a release, else as it was found
 * @param difference what leads from that to the release
 * @param known      whether the running tree has been compared by content before, so that only the difference is fetched
 */
record Work(
        Release release,
        byte[] manifestBytes,
        Manifest manifest,
        @Nullable Path live,
        Manifest before,
        Difference difference,
        boolean known) {}
