package org.twinshare.fileserver.server;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.twinshare.replication.copy.Divergences;
import org.twinshare.replication.role.Role;
import org.twinshare.replication.ship.Lag;
import org.twinshare.replication.twin.TwinStatus;

/** Numbers of the pair, read when somebody asks for them. */
final class PairGauges {
    private static final List<String> ROLES = Arrays.stream(Role.values())
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final Lag NONE = new Lag(0, 0, Duration.ZERO);

    private final Supplier<FileServer> server;

    PairGauges(Supplier<FileServer> server) {
        this.server = server;
    }

    void register(PrometheusRegistry registry) {
        GaugeWithCallback unused = GaugeWithCallback.builder()
                .name("twinshare_role")
                .help("1 for what this server is in a pair, 0 for what it is not")
                .labelNames("role")
                .callback(callback -> {
                    String now = status().role();
                    ROLES.forEach(role -> callback.call(role.equals(now) ? 1 : 0, role));
                })
                .register(registry);
        gauge(registry, "twinshare_epoch", "How often the role has changed hands", TwinStatus::epoch);
        gauge(
                registry,
                "twinshare_peer_connected",
                "1 while the other server of the pair is connected",
                status -> status.connected() ? 1 : 0);
        gauge(
                registry,
                "twinshare_alone_seconds",
                "How long the primary has answered without its standby",
                status -> status.aloneFor().toNanos() / 1e9);
        gauge(
                registry,
                "twinshare_replication_lag_records",
                "Records that are not on the standby's disk",
                status -> lag(status).records());
        gauge(
                registry,
                "twinshare_replication_lag_bytes",
                "Bytes of those records, without the data that they refer to",
                status -> lag(status).bytes());
        gauge(
                registry,
                "twinshare_replication_lag_seconds",
                "Time since the first of those records was written",
                status -> lag(status).time().toNanos() / 1e9);
        gauge(
                registry,
                "twinshare_divergences",
                "Objects of the standby that a record showed to differ, and that were made the same",
                status -> found(status.divergences()));
    }

    private static double found(Divergences.@Nullable State divergences) {
        return divergences == null ? 0 : divergences.found();
    }

    private static Lag lag(TwinStatus status) {
        Lag lag = status.lag();
        return lag == null ? NONE : lag;
    }

    private TwinStatus status() {
        return server.get().twin().status();
    }

    private void gauge(PrometheusRegistry registry, String name, String help, ToDoubleFunction<TwinStatus> reading) {
        RunningServer.gauge(registry, name, help, () -> reading.applyAsDouble(status()));
    }
}
