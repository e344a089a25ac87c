package org.twinshare.fileserver.server;

import com.google.common.net.InetAddresses;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.table.Explanation;
import org.twinshare.exports.table.ExportList;
import org.twinshare.exports.table.LoadResult;
import org.twinshare.fileserver.control.ControlServer;
import org.twinshare.fileserver.control.Json;
import org.twinshare.fileserver.metrics.CallStatistics;
import org.twinshare.fileserver.metrics.HttpEndpoint;
import org.twinshare.fileserver.portmap.Portmapper;
import org.twinshare.fileserver.source.SourceService;
import org.twinshare.fileserver.source.SourceSettings;

/** A file server with everything around it that lets people see and steer it. Thread-safe. */
public final class RunningServer {
    private static final int PORTMAP_PORT = 111;
    private static final int REFRESH_S = 5;
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);

    private final CallStatistics statistics;
    private volatile FileServer server;
    private final StatusReport report;
    private final ControlServer control;
    private final @Nullable HttpEndpoint http;
    private volatile @Nullable Portmapper portmapper;
    private final SourceService sources;
    private final List<String> notes;
    private final ScheduledExecutorService sampling = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sampling").factory());
    private volatile boolean serving = true;

    private RunningServer(
            FileServer first,
            CallStatistics statistics,
            SourceSettings sourceSettings,
            String version,
            PrometheusRegistry registry)
            throws IOException, Refused {
        server = first;
        this.statistics = statistics;
        report = new StatusReport(this::server, version);
        notes = FirstNotes.of(first);
        sources = Sources.start(this::server, sourceSettings);
        notes.addAll(sources.notes());
        control = ControlServer.start(
                first.controlSocket(),
                Map.of(
                        "status", request -> object(report.now()),
                        "clients", request -> object(Map.of("clients", report.clients())),
                        "exports-list", request -> list(),
                        "exports-reload", request -> reload(),
                        "exports-explain", this::explain,
                        "source", sources::handle,
                        "pair", new PairCommands(this::server)::handle));
        http = http(registry);
        gauges(registry);
        new JournalGauges(this::server).register(registry);
        new PairGauges(this::server).register(registry);
        answerPortmap();
        ScheduledFuture<?> unused = sampling.scheduleAtFixedRate(report::sample, 1, 1, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedToo =
                sampling.scheduleWithFixedDelay(this::refreshPortmap, REFRESH_S, REFRESH_S, TimeUnit.SECONDS);
    }

    /** Starts to serve, and to answer commands; distributes no source tree. */
    public static RunningServer start(ServeConfig config, String version) throws Refused {
        return start(config, Sources.none(config), version);
    }

    /** Starts to serve, to distribute source trees, and to answer commands. */
    public static RunningServer start(ServeConfig config, SourceSettings sources, String version) throws Refused {
        PrometheusRegistry registry = new PrometheusRegistry();
        CallStatistics statistics = new CallStatistics(registry);
        FileServer server = FileServer.start(config, statistics);
        try {
            return new RunningServer(server, statistics, sources, version, registry);
        } catch (IOException e) {
            throw new Refused(
                    "cannot listen for commands in " + config.state(),
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make the state directory writable for this user");
        }
    }

    private @Nullable HttpEndpoint http(PrometheusRegistry registry) throws IOException {
        InetSocketAddress address = server.config().http();
        if (address == null) {
            return null;
        }
        try {
            return HttpEndpoint.start(
                    address, registry, () -> serving && server.isServing(), () -> StatusPage.of(report.now()));
        } catch (BindException e) {
            notes.add("no status page and no metrics: " + address + " is taken by "
                    + PortHolder.of(address.getPort()).orElse("another program") + "; choose another with --http");
            return null;
        }
    }

    /** A server that answers clients answers for the portmapper too. */
    private void answerPortmap() {
        if (server.config().portmap() && portmapper == null && server.isServing()) {
            portmapper = Portmapper.start(
                    server.address(),
                    PORTMAP_PORT,
                    client -> server.exports().rights(client).mayUseAnything());
        }
    }

    private void refreshPortmap() {
        answerPortmap();
        Portmapper answering = portmapper;
        if (answering != null) {
            answering.refresh();
        }
    }

    /**
     * Waits until nothing can be acknowledged any more; returns why. Until then it is started anew whenever its role in the
     * pair has become another one.
     */
    public String awaitFailure() throws InterruptedException {
        while (true) {
            FileServer.Ended ended = server.awaitEnd();
            if (ended.how() == FileServer.End.FAILED) {
                return ended.why();
            }
            LOG.warn("Starts anew: {}", ended.why());
            try {
                if (!startAnew()) {
                    // The process ends.
                    Thread.currentThread().join();
                }
            } catch (Refused e) {
                return e.problem().text();
            } catch (IOException e) {
                return "it could not be started anew: " + e.getMessage();
            }
        }
    }

    /** False when it is being stopped. */
    private synchronized boolean startAnew() throws Refused, IOException, InterruptedException {
        if (!serving) {
            return false;
        }
        Portmapper answering = portmapper;
        if (answering != null) {
            answering.close();
            portmapper = null;
        }
        boolean unusedFinished = server.stop(STOP_AT_MOST);
        server = FileServer.start(server.config(), statistics);
        answerPortmap();
        return true;
    }

    private void gauges(PrometheusRegistry registry) {
        gauge(
                registry,
                "twinshare_connections",
                "Open connections of clients",
                () -> server.rpc().sessions().size());
        gauge(
                registry,
                "twinshare_calls_under_way",
                "Calls that wait for a disk",
                () -> server.rpc().callsUnderWay());
        gauge(
                registry,
                "twinshare_buffer_bytes",
                "Native memory of calls and replies",
                () -> server.rpc().bufferBytes());
        gauge(
                registry,
                "twinshare_reply_cache_bytes",
                "Memory of remembered replies",
                () -> server.rpc().replyCache().usedBytes());
        gauge(
                registry,
                "twinshare_objects",
                "Objects in the index",
                () -> server.tree().objectsKnown());
        gauge(
                registry,
                "twinshare_listing_bytes",
                "Memory of directory listings",
                () -> server.tree().listingBytes());
    }

    /** A number that is read when somebody asks for it. */
    interface Reading {
        double read();
    }

    static void gauge(PrometheusRegistry registry, String name, String help, Reading reading) {
        GaugeWithCallback unused = GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(reading.read()))
                .register(registry);
    }

    private JsonObject object(Object value) {
        return Json.GSON.toJsonTree(value).getAsJsonObject();
    }

    private JsonObject list() {
        ExportList list = ExportList.of(server.exports().table());
        JsonArray rows = new JsonArray();
        for (ExportList.Row row : list.rows()) {
            rows.add(object(Map.of(
                    "path", row.path().toString(),
                    "directory", row.directory().toString(),
                    "client", row.client(),
                    "options", row.options())));
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("text", list.text());
        answer.add("exports", rows);
        return answer;
    }

    private JsonObject reload() {
        LoadResult result = server.reload();
        return object(Map.of(
                "reloaded",
                !result.hasErrors(),
                "diagnostics",
                result.diagnostics().stream().map(found -> found.text()).toList()));
    }

    private JsonObject explain(JsonObject request) {
        JsonObject answer = new JsonObject();
        try {
            InetAddress host = InetAddress.getByName(request.get("host").getAsString());
            BytePath path = BytePath.of(request.get("path").getAsString());
            Explanation explanation = server.exports().explain(host, OptionalInt.empty(), path);
            answer.addProperty("text", explanation.text());
            answer.addProperty("granted", explanation instanceof Explanation.Granted);
        } catch (UnknownHostException | IllegalArgumentException e) {
            answer.addProperty("text", "error: " + e.getMessage());
            answer.addProperty("granted", false);
        }
        return answer;
    }

    public FileServer server() {
        return server;
    }

    /** What the operator should read after the start. */
    public List<String> notes() {
        return notes;
    }

    /** Where the status page is, or null. */
    public @Nullable String http() {
        return http == null
                ? null
                : "http://"
                        + InetAddresses.toUriString(http.address().getAddress()) + ":"
                        + http.address().getPort() + "/";
    }

    /** How clients that know no ports learn them; null when nobody asked for that. */
    public @Nullable String portmapper() {
        Portmapper answering = portmapper;
        return answering == null ? null : answering.words();
    }

    /** Stops; true when all calls were finished within the time. */
    public synchronized boolean stop(Duration atMost) throws IOException, InterruptedException {
        serving = false;
        sampling.shutdownNow();
        sources.close();
        Portmapper answering = portmapper;
        if (answering != null) {
            answering.close();
        }
        boolean finished = server.stop(atMost);
        control.close();
        if (http != null) {
            http.close();
        }
        return finished;
    }
}
