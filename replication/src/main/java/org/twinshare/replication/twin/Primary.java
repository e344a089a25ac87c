package org.twinshare.replication.twin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.TreeFailed;
import org.twinshare.filestore.local.TreeView;
import org.twinshare.replication.JournaledTree;
import org.twinshare.replication.Replication;
import org.twinshare.replication.channel.Data;
import org.twinshare.replication.copy.Answer;
import org.twinshare.replication.copy.Ask;
import org.twinshare.replication.copy.CopyAnswers;
import org.twinshare.replication.ship.PrimaryLink;
import org.twinshare.replication.ship.PrimaryTree;

/**
 * This server while it is the primary: what replies wait for, and what the standby may ask. It has a link only while another
 * server belongs to the pair. Thread-safe.
 */
final class Primary implements Replication, PrimaryTree, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Primary.class);

    private final JournaledTree tree;
    private final TreeView view;
    private final CopyAnswers answers;
    private final BooleanSupplier paired;
    /** For bytes on their way to the standby, and held while they are read. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(Data.MAX_BYTES);

    private volatile @Nullable PrimaryLink link;

    /**
     * For a tree that is or will be served.
     *
     * @param roots  the exported directories, by the paths that both servers know
     * @param paired whether another server belongs to the pair
     */
    Primary(JournaledTree tree, TreeView view, Supplier<List<TreeView.Root>> roots, BooleanSupplier paired) {
        this.tree = tree;
        this.view = view;
        this.paired = paired;
        answers = new CopyAnswers(view, roots, tree::appliedSequence, tree::unlessTheDiskIsGone);
    }

    /** Ships by this link from now on. */
    void linkBy(PrimaryLink next) {
        link = next.start();
        tree.replicateBy(this);
    }

    @Nullable PrimaryLink link() {
        return link;
    }

    JournaledTree tree() {
        return tree;
    }

    /** Bytes are written down for a standby that is away too: it would have to fetch whole files otherwise. */
    @Override
    public boolean isShipping() {
        return paired.getAsBoolean();
    }

    @Override
    public boolean hearsLocalChanges() {
        PrimaryLink current = link;
        return isShipping() && current != null && !current.isSigningOff();
    }

    @Override
    public boolean hasSuccessor() {
        PrimaryLink current = link;
        return current != null && current.hasSuccessor();
    }

    @Override
    public void awaitReplicated(long sequence) {
        PrimaryLink current = link;
        if (current != null) {
            current.acknowledgement().awaitReplicated(sequence);
        }
    }

    @Override
    public long neededFrom() {
        PrimaryLink current = link;
        return current == null || !paired.getAsBoolean() ? Long.MAX_VALUE : current.neededFrom();
    }

    @Override
    public long appliedSequence() {
        return tree.appliedSequence();
    }

    /** One at a time: an earlier connection's thread may not have ended when the next one begins. */
    @Override
    public int read(long object, long offsetBytes, ByteBuffer into) throws IOException {
        synchronized (memory) {
            return readOne(object, offsetBytes, into);
        }
    }

    private int readOne(long object, long offsetBytes, ByteBuffer into) {
        memory.clear().limit(Math.min(into.remaining(), memory.capacity()));
        try {
            int bytes = view.read(object, offsetBytes, memory);
            into.put(memory.flip());
            return bytes;
        } catch (ErrnoException e) {
            // It is gone, and a later record says so; or it cannot be read, and the standby fetches it and hears that.
            return 0;
        }
    }

    @Override
    public @Nullable ByteBuffer answer(ByteBuffer question) throws IOException {
        byte[] bytes = new byte[question.remaining()];
        question.get(bytes);
        Ask ask = Ask.decode(bytes);
        try {
            Answer answer = answer(ask);
            if (answer instanceof Answer.Failed failed) {
                LOG.warn("the standby cannot have what it asks for: {}", failed.why());
            }
            return ByteBuffer.wrap(answer.encode());
        } catch (TreeFailed e) {
            // The standby is about to take over, and must not leave because of an answer.
            return null;
        }
    }

    /** One at a time, as {@link #read}. */
    private Answer answer(Ask ask) {
        synchronized (answers) {
            return answers.answer(ask);
        }
    }

    @Override
    public void failed(String why) {
        tree.fail(why);
    }

    /** Tells the standby where it stopped, so that the standby may go on; no call is under way. */
    void signOff(Duration atMost) {
        PrimaryLink current = link;
        if (current != null && !current.acknowledgement().isFenced()) {
            boolean unusedHasAll = current.signOff(false, atMost);
        }
    }

    @Override
    public void close() {
        PrimaryLink current = link;
        if (current != null) {
            current.close();
        }
    }
}
