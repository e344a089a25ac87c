package org.twinshare.client.probe;

import java.util.ArrayList;
import java.util.List;

/** What MNT gives: a root handle, or the reason why not (RFC 1813, 5.2.1). */
public sealed interface MountReply {

    MountStatus status();

    /**
     * Mounted.
     *
     * @param flavours the authentication flavours that the export takes, best first
     */
    record Mounted(FileHandle handle, List<Integer> flavours) implements MountReply {
        public Mounted {
            flavours = List.copyOf(flavours);
        }

        @Override
        public MountStatus status() {
            return MountStatus.OK;
        }
    }

    record Refused(MountStatus status) implements MountReply {}

    /**
     * The root handle.
     *
     * @throws UnexpectedStatusException when the mount was refused
     */
    default FileHandle ok() throws UnexpectedStatusException {
        return switch (this) {
            case Mounted mounted -> mounted.handle();
            case Refused refused -> throw new UnexpectedStatusException("MNT", refused.status());
        };
    }

    static MountReply decode(XdrReader in) throws MalformedReplyException {
        MountStatus status = MountStatus.decode(in);
        if (status != MountStatus.OK) {
            return new Refused(status);
        }
        FileHandle handle = FileHandle.decode(in);
        List<Integer> flavours = new ArrayList<>();
        long count = in.getUnsigned();
        for (long each = 0; each < count; each++) {
            flavours.add(in.getInt());
        }
        return new Mounted(handle, flavours);
    }
}
