package org.twinshare.filestore;

import org.jspecify.annotations.Nullable;

/**
 * Attributes of an object before and after a change (RFC 1813 section 2.6, wcc_data). {@code before} is absent where it
 * could not be taken in one step with the change.
 */
public record Wcc(@Nullable WccAttributes before, @Nullable Attributes after) {
    /** Nothing is known of the object. */
    public static final Wcc NONE = new Wcc(null, null);

    /** The object was looked at and not changed. */
    public static Wcc unchanged(Attributes attributes) {
        return new Wcc(WccAttributes.of(attributes), attributes);
    }
}
