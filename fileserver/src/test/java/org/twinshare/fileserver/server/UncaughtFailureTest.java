package org.twinshare.fileserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UncaughtFailureTest {
    private final AtomicInteger ends = new AtomicInteger();
    private final UncaughtFailure handler = new UncaughtFailure(ends::incrementAndGet);

    private void fail(Thread.Builder builder) throws InterruptedException {
        Thread thread = builder.unstarted(() -> {
            throw new OutOfMemoryError("on purpose");
        });
        thread.setUncaughtExceptionHandler(handler);
        thread.start();
        thread.join();
    }

    @Test
    void theServerEndsWithAThreadThatHasWorkOfItsOwn() throws Exception {
        fail(Thread.ofPlatform());
        assertThat(ends).hasValue(1);
    }

    @Test
    void theServerGoesOnWhenTheWorkForOneCallFails() throws Exception {
        fail(Thread.ofVirtual());
        assertThat(ends).hasValue(0);
    }
}
