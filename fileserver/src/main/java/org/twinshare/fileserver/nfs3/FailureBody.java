package org.twinshare.fileserver.nfs3;

import org.twinshare.fileserver.rpc.XdrWriter;
import org.twinshare.filestore.Wcc;

/** What follows the status of a procedure that failed (RFC 1813 section 3.3, the resfail of each). */
enum FailureBody {
    /** GETATTR: nothing. */
    NOTHING {
        @Override
        void write(XdrWriter out, Request request, Wcc wcc, Wcc other) {}
    },
    /** Procedures that look at an object: its attributes. */
    ATTRIBUTES {
        @Override
        void write(XdrWriter out, Request request, Wcc wcc, Wcc other) {
            request.writeOptional(out, request.attributesForFailure());
        }
    },
    /** Procedures that change one object or directory. */
    WCC {
        @Override
        void write(XdrWriter out, Request request, Wcc wcc, Wcc other) {
            request.writeWcc(out, request.wccForFailure(wcc));
        }
    },
    /** RENAME: both directories. */
    WCC_TWICE {
        @Override
        void write(XdrWriter out, Request request, Wcc wcc, Wcc other) {
            request.writeWcc(out, request.wccForFailure(wcc));
            request.writeWcc(out, request.secondWccForFailure(other));
        }
    },
    /** LINK: the object's attributes, and the directory. */
    ATTRIBUTES_AND_WCC {
        @Override
        void write(XdrWriter out, Request request, Wcc wcc, Wcc other) {
            request.writeOptional(out, request.wccForFailure(other).after());
            request.writeWcc(out, request.secondWccForFailure(wcc));
        }
    };

    /**
     * Writes it.
     *
     * @param wcc   of the directory or object that was to be changed
     * @param other of RENAME's target directory, or of LINK's object
     */
    abstract void write(XdrWriter out, Request request, Wcc wcc, Wcc other);
}
