package org.twinshare.fileserver.command;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.twinshare.fileserver.server.PairConfig;
import org.twinshare.fileserver.server.Refused;
import org.twinshare.fileserver.server.StatusReport;
import org.twinshare.replication.address.KernelAddress;
import org.twinshare.replication.copy.CopyLimits;
import org.twinshare.replication.role.AckMode;
import org.twinshare.replication.role.Terms;
import org.twinshare.replication.role.WithoutStandby;
import picocli.CommandLine.Option;

/** What {@code serve} is told about being one of a pair. */
final class PairOptions {
    @Option(names = "--name", description = "Name of this server in the pair (default: its host name).")
    private @Nullable String name;

    @Option(names = "--pair-port", description = "TCP port for the other server of the pair.", defaultValue = "2050")
    private int port = PairConfig.PORT;

    @Option(
            names = "--ack",
            paramLabel = "MODE",
            description = "What a reply waits for: local, remote-memory, remote-disk or async.",
            defaultValue = "remote-disk")
    private String ack = "remote-disk";

    @Option(
            names = "--max-lag",
            paramLabel = "SECONDS",
            description = "With async: replies are delayed while the standby is further behind.",
            defaultValue = "1")
    private double maxLag;

    @Option(
            names = "--without-standby",
            paramLabel = "WHAT",
            description = "What to do without the standby: continue or block.",
            defaultValue = "continue")
    private String withoutStandby = "continue";

    @Option(
            names = "--alone-after",
            paramLabel = "SECONDS",
            description = "Without a word from the standby for so long, continue alone.",
            defaultValue = "10")
    private double aloneAfter;

    @Option(names = "--alone", description = "Serve without asking the other server: it surely answers no clients.")
    private boolean alone;

    @Option(
            names = "--copy-rate",
            paramLabel = "MIB",
            description = "The most that a standby fetches to become equal, in MiB a second (default: no limit).")
    private @Nullable Double copyRate;

    @Option(
            names = "--service-ip",
            paramLabel = "ADDRESS/BITS",
            description = "Address that clients mount, held by the server that answers, as 192.168.1.10/24.")
    private @Nullable String serviceIp;

    @Option(names = "--service-interface", paramLabel = "NAME", description = "Network interface of --service-ip.")
    private @Nullable String serviceInterface;

    @Option(
            names = "--service-hook",
            paramLabel = "COMMAND",
            description = "Command that carries the address instead; run with take or release.")
    private @Nullable String hook;

    int port() {
        return port;
    }

    PairConfig config(InetAddress bind) throws Refused {
        return new PairConfig(
                name == null ? StatusReport.hostName() : name,
                new InetSocketAddress(bind, port),
                terms(),
                copyRate == null
                        ? CopyLimits.DEFAULT
                        : new CopyLimits(CopyLimits.DEFAULT.maxRemoved(), copyRate * (1 << 20)),
                alone,
                held(),
                hook);
    }

    private Terms terms() throws Refused {
        try {
            return new Terms(
                    AckMode.valueOf(ack.toUpperCase(Locale.ROOT).replace('-', '_')),
                    WithoutStandby.valueOf(withoutStandby.toUpperCase(Locale.ROOT)),
                    Duration.ofMillis(Math.round(maxLag * 1000)),
                    Duration.ofMillis(Math.round(aloneAfter * 1000)));
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "the settings of the pair are not possible",
                    "ack " + ack + ", max-lag " + maxLag + " s, without-standby " + withoutStandby + ", alone-after "
                            + aloneAfter + " s",
                    "ack is local, remote-memory, remote-disk or async; without-standby is continue or block; times are"
                            + " from 0.001 s");
        }
    }

    private PairConfig.@Nullable Held held() throws Refused {
        if (serviceIp == null && serviceInterface == null) {
            return null;
        }
        if (serviceIp == null || serviceInterface == null) {
            throw new Refused(
                    "--service-ip and --service-interface belong together",
                    "one of them is missing",
                    "as in  --service-ip 192.168.1.10/24 --service-interface eth1");
        }
        try {
            return new PairConfig.Held(KernelAddress.Prefix.parse(serviceIp), serviceInterface);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "--service-ip " + serviceIp + " is no address",
                    String.valueOf(e.getMessage()),
                    "write it with the length of its network, as 192.168.1.10/24");
        }
    }
}
