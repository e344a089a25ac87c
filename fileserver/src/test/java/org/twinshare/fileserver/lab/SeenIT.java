package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator is shown. The oracle is the client's kernel, which counts its own calls in /proc/self/mountstats. */
@Tag("alone")
class SeenIT {
    private static final String CLIENT = "10.213.77.101";

    private static Lab lab;
    private static LabServer server;
    private static LabClient web;
    private static Path data;

    @BeforeAll
    static void mount() {
        lab = Lab.open();
        data = lab.directory("data");
        server = lab.serve(data.toString());
        web = lab.boot("web1");
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    /** Calls by procedure, and the bytes that went over the wire, as the client counted them. */
    private static Map<String, Long> countedByClient() {
        Map<String, Long> counts = new TreeMap<>();
        web.sh("cat /proc/self/mountstats").lines().map(String::strip).forEach(line -> {
            List<String> words = Splitter.on(' ').omitEmptyStrings().splitToList(line.replace("bytes:\t", "bytes: "));
            if (words.size() > 4
                    && words.get(0).matches("[A-Z]+:")
                    && !words.get(0).equals("NULL:")) {
                // Operations; then transmissions.
                counts.put(words.get(0).replace(":", ""), Long.valueOf(words.get(1)));
            }
            if (words.size() == 9 && words.get(0).equals("bytes:")) {
                counts.put("read bytes", Long.valueOf(words.get(5)));
                counts.put("written bytes", Long.valueOf(words.get(6)));
            }
        });
        return counts;
    }

    private static String http(String path) {
        return lab.inNetwork("busybox", "wget", "-qO-", "http://127.0.0.1:9049" + path)
                .orFail();
    }

    private static JsonObject json(String... command) {
        return JsonParser.parseString(server.twinshare(command).orFail()).getAsJsonObject();
    }

    /** The same as the server counted them. */
    private static Map<String, Long> countedByServer() {
        Map<String, Long> counts = new TreeMap<>();
        http("/metrics")
                .lines()
                .filter(line -> line.startsWith("twinshare_nfs_requests_total{"))
                .forEach(line -> {
                    String procedure = line.replaceFirst(".*procedure=\"([A-Z]+)\".*", "$1");
                    counts.merge(
                            procedure, (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)), Long::sum);
                });
        JsonObject client =
                json("clients", "--json").getAsJsonArray("clients").get(0).getAsJsonObject();
        assertThat(client.get("address").getAsString()).isEqualTo(CLIENT);
        counts.put("read bytes", client.get("read_bytes").getAsLong());
        counts.put("written bytes", client.get("written_bytes").getAsLong());
        return counts;
    }

    private static Map<String, Long> rise(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> rise = new TreeMap<>();
        after.forEach((name, count) -> {
            long more = count - before.getOrDefault(name, 0L);
            if (more != 0) {
                rise.put(name, more);
            }
        });
        return rise;
    }

    @Test
    void theServerCountsWhatTheClientDid() {
        Map<String, Long> clientBefore = countedByClient();
        Map<String, Long> serverBefore = countedByServer();

        web.sh("""
                mkdir d; cd d; for i in 1 2 3 4 5 6 7; do echo $i > f$i; done; ln -s f1 s; ln f1 h; mkfifo p
                mv f2 g2; mv f3 g3; rm f4 f5 f6; cat missing 2>/dev/null || true; chmod 600 f1
                dd if=/dev/zero of=big bs=64k count=100 conv=fsync status=none; echo 3 > /proc/sys/vm/drop_caches
                cat big > /dev/null; ls -l > /dev/null; cat s > /dev/null; df . > /dev/null; rm -r ../d
                """);

        Map<String, Long> client = rise(clientBefore, countedByClient());
        assertThat(client)
                .containsEntry("CREATE", 8L)
                .containsEntry("RENAME", 2L)
                .containsEntry("MKNOD", 1L);
        assertThat(client.get("written bytes")).isEqualTo(6_553_600 + 14);
        assertThat(rise(serverBefore, countedByServer())).isEqualTo(client);
    }

    @Test
    void statusClientsAndPageShowTheSame() {
        web.sh("echo x > shown; ls -l > /dev/null");

        String status = server.twinshare("status").orFail();
        assertThat(status)
                .contains(
                        "ONLINE",
                        "one copy of your data",
                        "NFSv3 on " + Lab.SERVER + ":2049",
                        "/localData",
                        "errors: none");
        JsonObject json = json("status", "--json");
        assertThat(json.keySet()).contains("output_version", "server", "state", "exports", "load", "problems");
        JsonObject export = json.getAsJsonArray("exports").get(0).getAsJsonObject();
        assertThat(export.get("path").getAsString()).isEqualTo("/localData");
        assertThat(export.get("directory").getAsString()).isEqualTo(data.toString());
        assertThat(export.get("clients").getAsInt()).isEqualTo(1);
        assertThat(server.twinshare("status", "-x").orFail()).isEmpty();
        assertThat(server.twinshare("clients").orFail().lines().skip(1))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(CLIENT, "/localData", " ms", " s ago"));
        assertThat(http("/")).contains("/localData", "ONLINE").doesNotContain("<script");
        assertThat(http("/healthz")).isEqualTo("serving\n");
        assertThat(http("/metrics"))
                .contains("twinshare_nfs_request_duration_seconds_bucket", "twinshare_connections 1")
                .contains("twinshare_role{role=\"primary\"} 1.0", "twinshare_role{role=\"standby\"} 0.0")
                .contains("twinshare_alone_seconds 0.0", "twinshare_replication_lag_seconds 0.0");
    }

    @Test
    void exportsAreListedCheckedAndExplained() throws IOException {
        assertThat(server.twinshare("exports", "list").orFail())
                .contains("/localData", "10.213.77.0/24(", "rw", "root_squash");

        Shell.Result allowed = server.twinshare("exports", "explain", CLIENT, "/localData");
        assertThat(allowed.exitCode()).isZero();
        assertThat(allowed.out()).contains(CLIENT + " may mount /localData read-write", "10.213.77.0/24");
        Shell.Result refused = server.twinshare("exports", "explain", "192.0.2.7", "/localData");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.out())
                .contains("192.0.2.7 may not mount /localData", "add the line  /localData 192.0.2.7(rw)");

        Path file = lab.directory("settings").resolve("exports");
        Files.writeString(file, "/localData  192.168.1.2 (rw,no_root_squash)\n");
        Shell.Result checked = check(file);
        assertThat(checked.exitCode()).isEqualTo(3);
        assertThat(checked.out()).contains(file + ":1:24: error:", "^", "write  192.168.1.2(rw,no_root_squash)");
        Files.writeString(file, "/localData 192.168.1.2(rw,no_root_squash)\n");
        assertThat(check(file).orFail()).contains("1 exports, no errors");
    }

    private static Shell.Result check(Path file) {
        return lab.inNetwork(
                Lab.java("org.twinshare.fileserver.command.Twinshare", List.of("exports", "check", file.toString()))
                        .toArray(String[]::new));
    }

    @Test
    void commandsSayThatNoServerAnswers() {
        Shell.Result asked = lab.inNetwork(Lab.java(
                        "org.twinshare.fileserver.command.Twinshare",
                        List.of("status", "--state", lab.directory("nothing").toString()))
                .toArray(String[]::new));

        assertThat(asked.exitCode()).isEqualTo(4);
        assertThat(asked.err())
                .contains("error: no twinshare server answers", "remedy: start it")
                .doesNotContain("Exception");
    }
}
