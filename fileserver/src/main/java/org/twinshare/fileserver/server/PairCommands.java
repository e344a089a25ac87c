package org.twinshare.fileserver.server;

import com.google.common.net.HostAndPort;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.twinshare.fileserver.backup.Backup;
import org.twinshare.fileserver.control.Json;
import org.twinshare.replication.Refusal;
import org.twinshare.replication.RefusedException;
import org.twinshare.replication.role.Answer;
import org.twinshare.replication.role.Wish;
import org.twinshare.replication.twin.Twin;

/**
 * Carries out what the commands ask of the pair: {@code action} is {@code add}, {@code remove}, {@code switchover},
 * {@code failover}, {@code verify} or {@code backup}. The answer has {@code lines} to show, or a {@code refusal}.
 */
final class PairCommands {
    private final Supplier<FileServer> server;
    private final ReentrantLock backups = new ReentrantLock();

    PairCommands(Supplier<FileServer> server) {
        this.server = server;
    }

    JsonObject handle(JsonObject request) {
        try {
            Twin twin = server.get().twin();
            String action = request.get("action").getAsString();
            if (action.equals("verify")) {
                return VerifyReport.of(twin.verify(VerifyReport.options(request)));
            }
            if (action.equals("backup")) {
                return lines(backup(twin, Path.of(request.get("destination").getAsString())));
            }
            return lines(
                    switch (action) {
                        case "add" -> List.of(twin.invite(reachedBy(request)));
                        case "remove" -> remove(twin);
                        case "switchover" -> twin.switchover();
                        case "failover" -> failover(twin, request);
                        default -> throw new IllegalArgumentException("no such action: " + request);
                    });
        } catch (RefusedException e) {
            return refused(e.refusal());
        } catch (IOException e) {
            return refused(new Refusal(
                    "it was not done",
                    String.valueOf(e.getMessage()),
                    "see the log of this server; where it is a disk, look at that, otherwise try again"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(new Refusal("it was not done", "the server stops", "ask again when it runs"));
        }
    }

    private HostAndPort reachedBy(JsonObject request) {
        FileServer now = server.get();
        int port = now.config().pair().listen().getPort();
        return request.has("address")
                ? HostAndPort.fromString(request.get("address").getAsString()).withDefaultPort(port)
                : HostAndPort.fromParts(now.mountAddress().getHostAddress(), port);
    }

    private static List<String> remove(Twin twin) throws IOException, RefusedException {
        twin.removeStandby();
        return List.of("The standby was removed. There is one copy of your data now.");
    }

    private static List<String> failover(Twin twin, JsonObject request) throws IOException, RefusedException {
        Wish wish = new Wish(
                is(request, "allow-data-loss"), is(request, "allow-inconsistent"), is(request, "old-primary-off"));
        boolean check = is(request, "check");
        return switch (check ? twin.mayFailOver(wish) : twin.failover(wish)) {
            case Answer.Go go -> words(go, check, twin.epoch());
            case Answer.Refused refused -> throw new RefusedException(refused.refusal());
        };
    }

    private List<String> backup(Twin twin, Path destination) throws IOException, RefusedException {
        if (!backups.tryLock()) {
            throw new RefusedException("a backup is being made", "one at a time", "wait for the command that makes it");
        }
        try {
            List<Backup.Part> parts = server.get().exports().table().exports().stream()
                    .map(export -> new Backup.Part(
                            Path.of(export.directory().toString()),
                            Path.of(export.path().toString())))
                    .distinct()
                    .toList();
            Backup.Made made = new Backup(destination, parts).run(twin::standStill, twin.epoch(), Instant.now());
            return List.of(
                    made.directory().toString(),
                    "Everything up to record " + made.position() + " of epoch " + twin.epoch()
                            + "; the standby's tree stood still for " + made.stoodStillMs() + " ms.");
        } finally {
            backups.unlock();
        }
    }

    private static boolean is(JsonObject request, String flag) {
        return request.has(flag) && request.get(flag).getAsBoolean();
    }

    private static List<String> words(Answer.Go go, boolean check, int epoch) {
        List<String> lines = new ArrayList<>();
        lines.add(
                check
                        ? "A failover is possible: " + go.why() + "."
                        : "Primary in epoch " + epoch + ": " + go.why() + ".");
        Instant missing = go.missingSince();
        lines.add(
                missing == null
                        ? "Nothing acknowledged is missing."
                        : "Changes after "
                                + DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                                        missing.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneId.systemDefault()))
                                + " may be missing.");
        return lines;
    }

    private static JsonObject lines(List<String> lines) {
        JsonArray array = new JsonArray();
        lines.forEach(array::add);
        JsonObject answer = new JsonObject();
        answer.add("lines", array);
        return answer;
    }

    private static JsonObject refused(Refusal refusal) {
        JsonObject answer = new JsonObject();
        answer.add("refusal", Json.GSON.toJsonTree(refusal));
        return answer;
    }
}
