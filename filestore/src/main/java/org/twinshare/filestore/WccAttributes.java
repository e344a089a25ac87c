package org.twinshare.filestore;

/** What a client compares to see whether its cache still holds (RFC 1813 section 2.6, wcc_attr). Times in nanoseconds. */
public record WccAttributes(long sizeBytes, long modifyNs, long changeNs) {

    public static WccAttributes of(Attributes attributes) {
        return new WccAttributes(attributes.sizeBytes(), attributes.modifyNs(), attributes.changeNs());
    }
}
