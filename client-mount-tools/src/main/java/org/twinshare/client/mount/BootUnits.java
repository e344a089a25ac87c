package org.twinshare.client.mount;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.twinshare.client.node.SystemdText;

/**
 * The systemd units of a share. The mount unit waits as long as it takes for the server and holds up nothing else at boot; the
 * leave unit unmounts at shutdown, gently and then, when the server is dead, by force, because the mount unit's own limit is
 * without end; a drop-in lets a service start and stop with the share.
 */
final class BootUnits {
    private static final Path DIRECTORY = Path.of("/etc/systemd/system");
    /**
     * How long the ordinary unmount may take at shutdown: the services that still use the share are stopped meanwhile, and what
     * is not written yet is written out.
     */
    private static final int GENTLE_SECONDS = 20;

    /** Unmounts as soon as nobody uses it any more. */
    private static final String GENTLY = "until /bin/umount \"$$0\"; do mountpoint -q \"$$0\" || break; sleep 1; done";

    private final Share share;
    private final String options;
    private final String name;

    BootUnits(Share share, String options) {
        this.share = share;
        this.options = options;
        this.name = SystemdText.unitName(share.mountPoint());
    }

    String mountUnit() {
        return name + ".mount";
    }

    String leaveUnit() {
        return "twinmount-leave-" + name + ".service";
    }

    /** All files with their texts, for these services. */
    Map<Path, String> files(List<String> services) {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(DIRECTORY.resolve(mountUnit()), mountText());
        files.put(DIRECTORY.resolve(leaveUnit()), leaveText());
        for (String service : services) {
            files.put(
                    DIRECTORY.resolve(serviceUnit(service) + ".d").resolve("twinmount-" + name + ".conf"),
                    dropInText());
        }
        return files;
    }

    private static String serviceUnit(String service) {
        return service.endsWith(".service") ? service : service + ".service";
    }

    private String mountText() {
        return """
                # Written by twinmount mount --boot.
                [Unit]
                Description=%1$s from %2$s
                Documentation=man:nfs(5)

                [Mount]
                What=%2$s
                Where=%1$s
                Type=nfs
                # nofail: nothing else of the boot waits for it. retry: minutes, about a week.
                Options=%3$s,nofail,retry=10000
                TimeoutSec=infinity

                [Install]
                WantedBy=remote-fs.target
                """.formatted(
                        SystemdText.value(share.mountPoint().toString()), SystemdText.value(share.source()), options);
    }

    private String leaveText() {
        return """
                # Written by twinmount mount --boot.
                [Unit]
                Description=Unmounts %1$s at shutdown, by force when its server is dead
                DefaultDependencies=no
                After=%2$s
                Before=shutdown.target
                Conflicts=shutdown.target

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=/bin/true
                ExecStop=-/usr/bin/timeout -k 1 %3$d /bin/sh -c '%6$s' %4$s
                ExecStop=-/usr/bin/timeout -k 1 5 /bin/umount -i -c -f %4$s
                ExecStop=-/usr/bin/timeout -k 1 5 /bin/umount -i -c -l %4$s
                TimeoutStopSec=%5$d

                [Install]
                WantedBy=%2$s
                """.formatted(
                        SystemdText.value(share.mountPoint().toString()),
                        mountUnit(),
                        GENTLE_SECONDS,
                        SystemdText.argument(share.mountPoint().toString()),
                        GENTLE_SECONDS + 15,
                        GENTLY);
    }

    private String dropInText() {
        return """
                # Written by twinmount mount --boot --service.
                [Unit]
                RequiresMountsFor=%s
                After=%s
                """.formatted(SystemdText.word(share.mountPoint().toString()), leaveUnit());
    }
}
