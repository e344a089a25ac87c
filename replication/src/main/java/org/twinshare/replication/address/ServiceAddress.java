package org.twinshare.replication.address;

import java.io.IOException;

/** The address that clients mount. Held by the server that answers, and by it only. */
public interface ServiceAddress extends AutoCloseable {
    /** It is seen to elsewhere, or there is none. */
    ServiceAddress NONE = new ServiceAddress() {
        @Override
        public void take(Runnable onLost) {
            // Clients find the server by an address of its own.
        }

        @Override
        public void release() {
            // Nothing is held.
        }
    };

    /**
     * Takes it, and tells the network where it is now; holds it from then on.
     *
     * @param onLost is run once when it cannot be held any more: close all client connections
     */
    void take(Runnable onLost) throws IOException;

    /** Holds it from here on without telling the network: another server is about to take it, and clients would be called back. */
    default void beQuiet() {
        // Nothing is told.
    }

    /** Gives it up. Does nothing when it is not held. */
    void release() throws IOException;

    @Override
    default void close() throws IOException {
        release();
    }
}
