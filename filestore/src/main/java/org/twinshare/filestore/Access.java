package org.twinshare.filestore;

/** The rights that ACCESS asks for (RFC 1813 section 3.3.4), as a set of bits. */
public final class Access {
    /** Read data of a file, list a directory. */
    public static final int READ = 0x01;
    /** Look up a name in a directory. */
    public static final int LOOKUP = 0x02;
    /** Rewrite data of a file, change entries of a directory. */
    public static final int MODIFY = 0x04;
    /** Write new data, add entries. */
    public static final int EXTEND = 0x08;
    /** Delete an entry of a directory. */
    public static final int DELETE = 0x10;
    /** Execute a file. */
    public static final int EXECUTE = 0x20;

    private Access() {}
}
