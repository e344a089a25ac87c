package org.twinshare.client.doctor;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
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
        WebServers servers = WebServers.of(node);
        Optional<Path> mountPoint = settings.mountPoint();
        // What waits for programs or for the server waits at the same time; it is told in the order in which one would
        // ask.
        Optional<Future<List<Finding>>> place = mountPoint.map(path -> begin(placed -> {
            new PlaceChecks(node, settings.patience(), path, servers).run(placed);
            ApacheChecks.run(path, servers, placed);
        }));
        ServerName name = ServerName.lookUp(node, settings.server(), settings.patience());
        Optional<Future<List<Finding>>> mount = mountPoint.map(path -> begin(mounted -> {
            Optional<LiveMount> live = LiveMount.at(node, path).filter(LiveMount::isNfs);
            new MountChecks(node, settings, path, live).run(name.address(), mounted);
        }));
        name.findings().forEach(found);
        Optional<WebUser> user = WebUser.find(node, servers, settings.user());
        name.address().ifPresent(address -> new ServerChecks(node, clock, settings, address, user).run(found));
        mount.ifPresent(begun -> ended(begun).forEach(found));
        place.ifPresent(begun -> ended(begun).forEach(found));
        return findings;
    }

    private static Future<List<Finding>> begin(Consumer<Consumer<Finding>> checks) {
        FutureTask<List<Finding>> task = new FutureTask<>(() -> {
            List<Finding> findings = new ArrayList<>();
            checks.accept(findings::add);
            return findings;
        });
        Thread unused = Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static List<Finding> ended(Future<List<Finding>> begun) {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
