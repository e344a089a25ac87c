package org.twinshare.client.probe;

import java.util.Optional;

/**
 * What an object was before a call and what it is after it, so that a client sees whether someone else changed it too:
 * wcc_data (RFC 1813, 2.3.8).
 */
public record WccData(Optional<Before> before, Optional<Attributes> after) {

    /** wcc_attr: the three values that tell one state of an object from another. */
    public record Before(long sizeBytes, Timestamp modified, Timestamp changed) {
        static Before decode(XdrReader in) throws MalformedReplyException {
            return new Before(in.getLong(), Timestamp.decode(in), Timestamp.decode(in));
        }
    }

    static WccData decode(XdrReader in) throws MalformedReplyException {
        return new WccData(in.getOptional(Before::decode), Attributes.decodeOptional(in));
    }
}
