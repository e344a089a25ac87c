package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.twinshare.client.node.LiveMount;
import org.twinshare.client.node.Node;

/**
 * Looks at everything that can be wrong between a web node and its share, and goes on after what is. Changes nothing but a
 * file of its own on the share, which it removes.
 */
public final class Doctor {
    private final Node node;
    private final InstantSource clock;
    private final DoctorSettings settings;

    public Doctor(Node node, InstantSource clock, DoctorSettings settings) {
        this.node = node;
        this.clock = clock;
        this.settings = settings;
    }

    /** Looks at all, and tells each finding as it comes. */
    public List<Finding> examine(Consumer<Finding> telling) {
        List<Finding> findings = new ArrayList<>();
        Consumer<Finding> found = finding -> {
            findings.add(finding);
            telling.accept(finding);
        };
        Optional<Path> mountPoint = settings.mountPoint();
        // What waits for programs, the disk or the server waits at the same time; it is told in the order in which one
        // would ask.
        Future<WebServers> configured = begin(() -> WebServers.of(node));
        Optional<Future<List<Finding>>> place = mountPoint.map(path -> beginChecks(placed -> {
            WebServers servers = ended(configured);
            new PlaceChecks(node, settings.patience(), path, servers).run(placed);
            ApacheChecks.run(path, servers, placed);
        }));
        ServerName name = ServerName.lookUp(node, settings.server(), settings.patience());
        Optional<Future<List<Finding>>> mount = mountPoint.map(path -> beginChecks(mounted -> {
            Optional<LiveMount> live = LiveMount.at(node, path).filter(LiveMount::isNfs);
            new MountChecks(node, settings, path, live).run(name.address(), mounted);
        }));
        name.findings().forEach(found);
        Supplier<Optional<WebUser>> user = () -> WebUser.find(node, () -> ended(configured), settings.user());
        name.address().ifPresent(address -> new ServerChecks(node, clock, settings, address, user).run(found));
        mount.ifPresent(begun -> ended(begun).forEach(found));
        place.ifPresent(begun -> ended(begun).forEach(found));
        return findings;
    }

    private static Future<List<Finding>> beginChecks(Consumer<Consumer<Finding>> checks) {
        return begin(() -> {
            List<Finding> findings = new ArrayList<>();
            checks.accept(findings::add);
            return findings;
        });
    }

    private static <T> Future<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread unused = Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static <T> T ended(Future<T> begun) {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
