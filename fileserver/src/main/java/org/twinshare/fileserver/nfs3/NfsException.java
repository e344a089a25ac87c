package org.twinshare.fileserver.nfs3;

/** Leaves a procedure with a status that no error of the file tree stands for. Without stack trace: it is ordinary traffic. */
final class NfsException extends Exception {
    private final transient Status status;

    NfsException(Status status) {
        super(status.name(), null, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
