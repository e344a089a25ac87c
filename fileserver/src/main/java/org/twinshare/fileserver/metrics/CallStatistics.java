package org.twinshare.fileserver.metrics;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.twinshare.fileserver.nfs3.Nfs3;
import org.twinshare.fileserver.nfs3.Status;

/** Counts NFS calls: by procedure and status for Prometheus, and by export and by client for the status. Thread-safe. */
public final class CallStatistics implements Nfs3.Counters {
    /** Clients that are told apart; of more, those that called last. */
    private static final int MAX_CLIENTS = 4096;

    private static final double NS_PER_SECOND = 1e9;

    private final Counter requests;
    private final Histogram durations;
    private final Map<String, OfProcedure> procedures = new ConcurrentHashMap<>();
    private final Map<Long, Usage> exports = new ConcurrentHashMap<>();
    private final LoadingCache<InetAddress, Usage> clients =
            CacheBuilder.newBuilder().maximumSize(MAX_CLIENTS).build(CacheLoader.from(Usage::new));

    public CallStatistics(PrometheusRegistry registry) {
        requests = Counter.builder()
                .name("twinshare_nfs_requests_total")
                .help("NFS calls that were answered")
                .labelNames("procedure", "status")
                .register(registry);
        durations = Histogram.builder()
                .name("twinshare_nfs_request_duration_seconds")
                .help("Time from the decoded call to the finished reply")
                .labelNames("procedure")
                .classicOnly()
                .classicUpperBounds(
                        1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 0.1, 0.5, 1, 5)
                .register(registry);
    }

    /** The counters of one procedure, found once. */
    private final class OfProcedure {
        final String name;
        final Usage.Kind kind;
        final DistributionDataPoint duration;
        final CounterDataPoint succeeded;
        final Map<Status, CounterDataPoint> failed = new ConcurrentHashMap<>();

        OfProcedure(String name) {
            this.name = name;
            kind = switch (name) {
                case "READ" -> Usage.Kind.READ;
                case "WRITE" -> Usage.Kind.WRITE;
                default -> Usage.Kind.OTHER;
            };
            duration = durations.labelValues(name);
            succeeded = requests.labelValues(name, Status.OK.name());
        }

        CounterDataPoint counter(Status status) {
            return status == Status.OK
                    ? succeeded
                    : failed.computeIfAbsent(status, s -> requests.labelValues(name, s.name()));
        }
    }

    @Override
    public void count(
            InetAddress client, long exportNumber, String procedure, Status status, long bytes, long durationNs) {
        OfProcedure counters = procedures.computeIfAbsent(procedure, OfProcedure::new);
        counters.counter(status).inc();
        counters.duration.observe(durationNs / NS_PER_SECOND);
        boolean failed = status != Status.OK && status != Status.NOENT;
        long nowMillis = System.currentTimeMillis();
        clients.getUnchecked(client).add(counters.kind, failed, bytes, durationNs, nowMillis);
        if (exportNumber != Nfs3.NO_EXPORT) {
            exports.computeIfAbsent(exportNumber, number -> new Usage())
                    .add(counters.kind, failed, bytes, durationNs, nowMillis);
        }
    }

    /** Usage by export number, unsigned. */
    public Map<Long, Usage> exports() {
        return exports;
    }

    /** Usage by client address. */
    public Map<InetAddress, Usage> clients() {
        return clients.asMap();
    }
}
