package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.GarbageArguments;
import org.twinshare.fileserver.rpc.XdrReader;

/** A directory and a name in it (RFC 1813 section 2.5, diropargs3), as the client sent them. */
record DirectoryEntry(byte[] directory, byte[] name) {
    static DirectoryEntry decode(XdrReader in) throws GarbageArguments {
        return new DirectoryEntry(Wire.readHandle(in), Wire.readName(in));
    }
}
