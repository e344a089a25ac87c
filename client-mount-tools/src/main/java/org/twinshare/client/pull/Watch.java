package org.twinshare.client.pull;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.twinshare.exports.Problem;

/**
 * Asks the server for news again and again, and does what they say: stages a release, tells that it is ready, and flips with
 * all others when the server says so. Not thread-safe.
 */
public final class Watch {
    private static final long RETRY_MILLIS = 1000;
    private static final long RETRY_FAILED_NS = TimeUnit.SECONDS.toNanos(30);

    private final Pull pull;
    private final Pull.Talk talk;
    private @Nullable String failed;
    private long known = -1;
    private long failedAtNs;

    public Watch(Pull pull, Pull.Talk talk) {
        this.pull = pull;
        this.talk = talk;
    }

    /** Runs until it is interrupted. */
    public void run() throws InterruptedException, IOException {
        Problem last = null;
        while (!Thread.interrupted()) {
            try {
                round();
                last = null;
            } catch (PullFailure e) {
                if (!e.problem().equals(last)) {
                    talk.say(e.problem().text());
                }
                last = e.problem();
                pull.note(e);
                known = -1;
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /** What could not be done is tried again after a while, or when there are other news. */
    private void round() throws IOException, PullFailure {
        Channel.News news = pull.channel().poll(pull.state(), failed, true, known);
        boolean retry = news.version() != known || System.nanoTime() - failedAtNs > RETRY_FAILED_NS;
        known = news.version();
        if (!retry) {
            return;
        }
        failed = pull.turn(news);
        boolean well = pull.state().error == null;
        failedAtNs = well ? failedAtNs : System.nanoTime();
        if (news.stage() != null) {
            return;
        }
        if (well) {
            report();
        }
        try {
            pull.tellHook();
        } finally {
            if (well) {
                pull.prepare();
                giveBackMemory();
            }
        }
    }

    /** What a release needed is garbage now, and the collector looks for it only where the heap may not grow any more. */
    private static void giveBackMemory() {
        System.gc();
    }

    /** So that a publish that waits for this node need not wait for what comes next. */
    private void report() throws IOException, PullFailure {
        Channel.News unused = pull.channel().poll(pull.state(), failed, true, -1);
    }
}
