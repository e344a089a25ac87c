package org.twinshare.filestore;

/**
 * Thrown by {@link FileTree#cached()} where the answer is not in memory: nothing was done, ask the tree itself, on a thread
 * that may wait.
 */
public final class WouldBlock extends RuntimeException {
    /** The one and only, because it tells nothing but itself. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace and no suppressed exceptions
    public static final WouldBlock INSTANCE = new WouldBlock();

    private WouldBlock() {
        super(null, null, false, false);
    }
}
