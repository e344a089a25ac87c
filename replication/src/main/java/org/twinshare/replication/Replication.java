package org.twinshare.replication;

/** What keeps a second copy of everything, as the order of work sees it. Thread-safe; who waits holds no monitor. */
public interface Replication {
    /** There is one copy only. */
    Replication NONE = new Replication() {
        @Override
        public boolean isShipping() {
            return false;
        }

        @Override
        public void awaitReplicated(long sequence) {
            // It is durable here, and there is nobody else.
        }

        @Override
        public long neededFrom() {
            return Long.MAX_VALUE;
        }
    };

    /**
     * Whether bytes that are not in the journal must be written down in it, so that they can be shipped: as long as there is a
     * standby, near or not, from before its copy begins.
     */
    boolean isShipping();

    /**
     * Returns when a record, which is durable here, may be answered.
     *
     * @throws org.twinshare.filestore.TreeFailed when nothing may be answered any more, because another server has taken over
     */
    void awaitReplicated(long sequence);

    /** Whether somebody compares what local processes changed, when the journal tells of it. */
    default boolean hearsLocalChanges() {
        return isShipping();
    }

    /** Whether another server has everything that was answered, and could answer instead of this one. */
    default boolean hasSuccessor() {
        return false;
    }

    /** The first record that the other server still needs from the journal; a full journal keeps none for it. */
    long neededFrom();
}
