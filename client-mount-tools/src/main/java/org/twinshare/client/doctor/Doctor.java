package org.twinshare.client.doctor;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        Optional<WebUser> user = WebUser.find(node, servers, settings.user());
        ServerName name = ServerName.lookUp(node, settings.server(), settings.patience());
        name.findings().forEach(found);
        name.address().ifPresent(address -> new ServerChecks(node, clock, settings, address, user).run(found));
        settings.mountPoint().ifPresent(mountPoint -> {
            Optional<LiveMount> live = LiveMount.at(node, mountPoint).filter(LiveMount::isNfs);
            new MountChecks(node, settings, mountPoint, live).run(name.address(), found);
            new PlaceChecks(node, settings.patience(), mountPoint, servers).run(found);
            ApacheChecks.run(mountPoint, servers, found);
        });
        return findings;
    }
}
