package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.file.ExportEntry;
import org.twinshare.exports.names.FakeNames;

/** Tables of random valid lines: what holds for all of them. */
class FuzzTableTest {

    private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/a/b/c", "/ab", "/x\\040y");
    private static final List<String> CLIENTS = List.of(
            "10.0.0.1",
            "10.0.0.2",
            "10.0.0.0/8",
            "10.0.0.0/24",
            "10.0.0.1/32",
            "fd00::/8",
            "fd00::1",
            "web1",
            "*.lan",
            "web?.lan",
            "web[0-9]*",
            "@webs",
            "*");
    private static final List<String> OPTIONS = List.of(
            "",
            "(rw)",
            "(async,no_wdelay)",
            "(all_squash,anonuid=7,anongid=-2)",
            "(no_root_squash,insecure)",
            "(mp=/m)",
            "(nohide,crossmnt,nordirplus)");
    private static final List<String> ADDRESSES = List.of("10.0.0.1", "10.0.0.2", "10.9.9.9", "192.168.0.1", "fd00::1");

    private final FakeNames names = new FakeNames();

    @Test
    void readsBackEveryTableThatItLists() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            ExportList list = ExportList.of(Tables.table(lines(random)));

            assertThat(ExportList.of(Tables.table(list.text())))
                    .as("seed %d", seed)
                    .isEqualTo(list);
        }
    }

    /** No other entry that matches ranks before the one that decides, and the explanation says what was decided. */
    @Test
    void decidesByRankAndExplainsTheSame() {
        names.host("10.0.0.1", "web1.lan", "web1");
        names.host("10.9.9.9", "web9.lan");
        names.netgroup("webs", "web1.lan", "web9.lan");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            CurrentExports current = CurrentExports.of(Tables.table(lines(random)), names.resolver());
            for (String address : ADDRESSES) {
                BytePath path = BytePath.of(PATHS.get(random.nextInt(4)));
                assertThat(settled(current, address).isPending())
                        .as("seed %d", seed)
                        .isFalse();
                Decision decision = current.rights(Tables.ip(address)).onPath(path, Tables.PRIVILEGED_PORT);

                Explanation explanation = current.explain(Tables.ip(address), OptionalInt.of(700), path);

                assertThat(explanation.decision()).as("seed %d", seed).isEqualTo(decision);
                assertThat(explanation.text()).as("seed %d", seed).isNotEmpty();
                if (decision instanceof Decision.Allowed allowed) {
                    assertThat(path.isWithin(allowed.export().path()))
                            .as("seed %d", seed)
                            .isTrue();
                    assertThat(allowed.export().entries())
                            .as("seed %d", seed)
                            .filteredOn(entry -> matches(entry, address))
                            .allMatch(entry -> rank(entry) > rank(allowed.entry())
                                    || (rank(entry) == rank(allowed.entry()) && !isBefore(entry, allowed.entry())));
                }
            }
        }
    }

    private ClientRights settled(CurrentExports current, String address) {
        for (int question = 0; question < 3; question++) {
            assertThat(current.rights(Tables.ip(address))).isNotNull();
            names.answer();
        }
        return current.rights(Tables.ip(address));
    }

    /** The rank that exports(5) gives each of {@link #CLIENTS}, lower ones first, by their text alone. */
    private static int rank(ExportEntry entry) {
        String client = entry.client().text();
        if (client.indexOf('/') >= 0) {
            return 1_000;
        }
        if (client.equals("*")) {
            return 4_000;
        }
        if (client.startsWith("@")) {
            return 3_000;
        }
        return client.matches(".*[*?\\[].*") ? 2_000 : 0;
    }

    private static boolean isBefore(ExportEntry one, ExportEntry other) {
        int lines = Integer.compare(one.location().line(), other.location().line());
        return lines < 0
                || (lines == 0 && one.location().column() < other.location().column());
    }

    /** Whether an address form matches, decided here without the code under test. */
    private static boolean matches(ExportEntry entry, String address) {
        String client = entry.client().text();
        return client.equals(address)
                || client.equals("*")
                || (client.equals("10.0.0.1/32") && address.equals("10.0.0.1"))
                || (client.equals("10.0.0.0/8") && address.startsWith("10."))
                || (client.equals("10.0.0.0/24") && address.startsWith("10.0.0."))
                || (client.equals("fd00::/8") && address.startsWith("fd"))
                || (client.equals("*.lan") && (address.equals("10.0.0.1") || address.equals("10.9.9.9")))
                || (client.equals("@webs") && (address.equals("10.0.0.1") || address.equals("10.9.9.9")));
    }

    private static String lines(Random random) {
        StringBuilder text = new StringBuilder();
        for (int line = 1 + random.nextInt(5); line > 0; line--) {
            text.append(pick(random, PATHS));
            for (int client = 1 + random.nextInt(5); client > 0; client--) {
                text.append(' ').append(pick(random, CLIENTS)).append(pick(random, OPTIONS));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
