package org.twinshare.exports.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.table.Tables.ip;
import static org.twinshare.exports.table.Tables.shown;
import static org.twinshare.exports.table.Tables.table;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.names.FakeNames;
import org.twinshare.exports.names.KnownNames;
import org.twinshare.exports.names.NameResolver;

class CurrentExportsTest {

    private static final BytePath A = BytePath.of("/a");

    @TempDir
    Path directory;

    private final FakeNames names = new FakeNames();
    private final NameResolver resolver = names.resolver();

    @BeforeEach
    void fill() {
        names.host("10.0.0.1", "web1.lan");
        names.host("10.0.0.2", "web2.lan");
        names.netgroup("webs", "web1.lan");
    }

    @Test
    void decidesByAddressAtOnceAndAsksForNoName() {
        CurrentExports current = current("/a 10.0.0.1(rw) 10.1.0.0/16(ro)");

        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a 10.0.0.1");
        assertThat(onA(current, "10.1.2.3")).isEqualTo("/a 10.1.0.0/16");
        assertThat(onA(current, "10.2.0.1")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(names.waiting()).isZero();
    }

    @Test
    void decidesByAddressBeforeAnyNameIsKnownWhereAddressesGoFirst() {
        CurrentExports current = current("/a *.lan(ro) @webs(ro) 10.0.0.0/8(rw)");

        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a 10.0.0.0/8");
        assertThat(current.rights(ip("10.0.0.1")).isPending()).isFalse();
    }

    @Test
    void answersPendingUntilTheNameOfANewClientIsKnown() {
        CurrentExports current = current("/a *.lan");

        assertThat(onA(current, "10.0.0.1")).isEqualTo("PENDING /a");
        assertThat(current.rights(ip("10.0.0.1")).isCurrent()).isFalse();
        assertThat(names.waiting()).as("look-ups started").isEqualTo(1);

        names.answer();

        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a *.lan");
        assertThat(onA(current, "10.0.0.99")).isEqualTo("PENDING /a");
        names.answer();
        assertThat(onA(current, "10.0.0.99")).isEqualTo("NO_CLIENT_MATCHES");
    }

    /** The wildcard may be stricter: until it is known not to match, what comes after it must not decide. */
    @Test
    void doesNotLetALaterEntryDecideWhileAnEarlierOneIsUnknown() {
        CurrentExports current = current("/a *.lan(ro,all_squash) *(rw)");

        assertThat(onA(current, "10.0.0.1")).isEqualTo("PENDING /a");
        names.answer();
        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a *.lan");
    }

    @Test
    void asksForNoNameOfAClientForTheSakeOfANetgroupThatHasNoMembers() {
        CurrentExports current = current("/a @nobody");
        assertThat(onA(current, "10.0.0.1")).isEqualTo("PENDING /a");
        names.answer();

        assertThat(onA(current, "10.0.0.1")).isEqualTo("NO_CLIENT_MATCHES");
        assertThat(names.asked()).containsExactly("@nobody");
    }

    @Test
    void asksForNoNameOfAClientWhoseAddressTheNetgroupHolds() {
        names.netgroup("addresses", "10.0.0.1");
        CurrentExports current = current("/a @addresses");
        assertThat(onA(current, "10.0.0.1")).isEqualTo("PENDING /a");
        names.answer();

        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a @addresses");
        assertThat(names.asked()).containsExactly("@addresses");
    }

    @Test
    void letsTheFirstMountWaitForTheName() {
        CurrentExports current = current("/a *.lan");

        CompletableFuture<ClientRights> waiting = current.rightsOnceKnown(ip("10.0.0.1"), Duration.ofMinutes(1));
        assertThat(waiting).isNotDone();
        names.answer();

        assertThat(waiting).isCompletedWithValueMatching(rights -> onA(rights).equals("/a *.lan"));
        assertThat(current.rightsOnceKnown(ip("10.0.0.1"), Duration.ZERO)).isCompleted();
    }

    @Test
    void letsNoMountWaitLongerThanTold() {
        CurrentExports current = current("/a *.lan");

        assertThat(current.rightsOnceKnown(ip("10.0.0.1"), Duration.ofMillis(1)))
                .succeedsWithin(Duration.ofSeconds(30))
                .satisfies(rights -> assertThat(onA(rights)).isEqualTo("PENDING /a"));
    }

    @Test
    void waitsForHostsAndNetgroupsOfTheTableToo() {
        CurrentExports current = current("/a web1.lan(ro) @webs");

        CompletableFuture<ClientRights> waiting = current.rightsOnceKnown(ip("10.0.0.2"), Duration.ofMinutes(1));
        assertThat(waiting).isNotDone();
        names.answer();

        assertThat(current.rightsOnceKnown(ip("10.0.0.2"), Duration.ofMinutes(1)))
                .satisfies(rights -> {
                    names.answer();
                    assertThat(rights)
                            .isCompletedWithValueMatching(known -> onA(known).equals("NO_CLIENT_MATCHES"));
                });
    }

    @Test
    void remembersTheRightsOfAClientUntilSomethingChanges() {
        CurrentExports current = current("/a *.lan\n/b 10.0.0.0/8");
        ClientRights rights = known(current, "10.0.0.1");

        assertThat(current.rights(ip("10.0.0.1"))).isSameAs(rights);
        assertThat(rights.isCurrent()).isTrue();
        assertThat(shown(rights.onExport(rights.table().exports().get(1).number(), Tables.PRIVILEGED_PORT)))
                .isEqualTo("/b 10.0.0.0/8");
    }

    @Test
    void endsTheRightsOfAClientWhoseNameChangesAndNoOthers() {
        CurrentExports current = current("/a *.lan");
        ClientRights first = known(current, "10.0.0.1");
        names.pass(4, TimeUnit.MINUTES);
        ClientRights second = known(current, "10.0.0.2");

        names.goAway();
        names.host("10.0.0.1", "web1.elsewhere");
        names.pass(1, TimeUnit.MINUTES);
        current.refreshNames();
        names.answer();

        assertThat(first.isCurrent()).isFalse();
        assertThat(second.isCurrent()).isTrue();
        assertThat(onA(current, "10.0.0.1")).isEqualTo("NO_CLIENT_MATCHES");
    }

    /** The name changes between the look at it and the remembering: nobody would end these rights any more. */
    @Test
    void doesNotRememberRightsThatWereDecidedWithANameThatChangedMeanwhile() {
        CurrentExports[] current = new CurrentExports[1];
        boolean[] change = {false};
        KnownNames view = new KnownNames() {
            @Override
            public Optional<Set<String>> namesOf(InetAddress address) {
                Optional<Set<String>> known = resolver.namesOf(address);
                if (change[0]) {
                    change[0] = false;
                    names.goAway();
                    names.host("10.0.0.1", "web1.elsewhere");
                    names.pass(5, TimeUnit.MINUTES);
                    current[0].refreshNames();
                    names.answer();
                }
                return known;
            }

            @Override
            public Optional<Set<InetAddress>> addressesOf(String host) {
                return resolver.addressesOf(host);
            }

            @Override
            public Optional<Set<String>> membersOf(String netgroup) {
                return resolver.membersOf(netgroup);
            }
        };
        current[0] = CurrentExports.of(table("/a *.lan"), resolver, view);
        assertThat(onA(current[0], "10.0.0.1")).isEqualTo("PENDING /a");
        names.answer();

        change[0] = true;
        ClientRights old = current[0].rights(ip("10.0.0.1"));

        assertThat(onA(old)).isEqualTo("/a *.lan");
        assertThat(old.isCurrent()).isFalse();
        assertThat(onA(current[0], "10.0.0.1")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void asksNoMoreForNamesOfATableThatIsSwappedOut() {
        CurrentExports current = current("/a web1.lan @webs");
        assertThat(onA(current, "10.0.0.7")).isEqualTo("PENDING /a");
        names.answer();
        current.swap(table("/b 10.0.0.1"));
        assertThat(names.asked()).isNotEmpty();

        names.pass(5, TimeUnit.MINUTES);
        current.refreshNames();
        names.answer();

        assertThat(names.asked()).isEmpty();
    }

    @Test
    void endsAllRightsWhenAHostOfTheTableMoves() {
        CurrentExports current = current("/a web1.lan");
        assertThat(onA(current, "10.0.0.7")).isEqualTo("PENDING /a");
        names.answer();
        ClientRights before = current.rights(ip("10.0.0.7"));
        assertThat(onA(before)).isEqualTo("NO_CLIENT_MATCHES");

        names.host("10.0.0.7", "web1.lan");
        names.pass(5, TimeUnit.MINUTES);
        current.refreshNames();
        names.answer();

        assertThat(before.isCurrent()).isFalse();
        assertThat(onA(current, "10.0.0.7")).isEqualTo("/a web1.lan");
        assertThat(current.table()).isSameAs(before.table());
    }

    @Test
    void endsAllRightsWhenTheTableIsSwapped() {
        CurrentExports current = current("/a 10.0.0.1");
        ClientRights before = current.rights(ip("10.0.0.1"));
        int number = before.table().exports().get(0).number();
        assertThat(shown(before.onExport(number, Tables.PRIVILEGED_PORT))).isEqualTo("/a 10.0.0.1");

        current.swap(table("/b 10.0.0.1"));

        assertThat(before.isCurrent()).isFalse();
        assertThat(shown(current.rights(ip("10.0.0.1")).onExport(number, Tables.PRIVILEGED_PORT)))
                .as("an export that is gone")
                .isEqualTo("NOT_EXPORTED");
    }

    @Test
    void checksThePortOnEveryCall() {
        CurrentExports current = current("/a 10.0.0.1(rw)\n/b 10.0.0.1(rw,insecure)");
        ClientRights rights = current.rights(ip("10.0.0.1"));
        int secure = rights.table().exports().get(0).number();
        int insecure = rights.table().exports().get(1).number();

        assertThat(shown(rights.onExport(secure, 1023))).isEqualTo("/a 10.0.0.1");
        assertThat(shown(rights.onExport(secure, 1024))).isEqualTo("UNPRIVILEGED_PORT");
        assertThat(shown(rights.onPath(A, 40_000))).isEqualTo("UNPRIVILEGED_PORT");
        assertThat(shown(rights.onExport(insecure, 40_000))).isEqualTo("/b 10.0.0.1");
    }

    @Test
    void tellsClientsOfTheTableFromStrangers() {
        CurrentExports current = current("/a 10.0.0.1\n/b 10.0.0.2 *.lan");

        assertThat(current.rights(ip("10.0.0.1")).mayUseAnything()).isTrue();
        assertThat(current.rights(ip("10.0.0.9")).mayUseAnything())
                .as("perhaps")
                .isTrue();
        names.answer();
        assertThat(current.rights(ip("10.0.0.9")).mayUseAnything()).isFalse();
    }

    @Test
    void staysBoundedWhenMoreClientsCallThanItRemembers() {
        CurrentExports current = current("/a 10.0.0.0/8");
        ClientRights first = current.rights(ip("10.0.0.1"));
        for (int client = 0; client < 20_000; client++) {
            assertThat(onA(current, "10.1." + client / 250 + "." + client % 250))
                    .isEqualTo("/a 10.0.0.0/8");
        }

        assertThat(first.isCurrent()).as("forgotten meanwhile").isFalse();
        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a 10.0.0.0/8");
    }

    @Test
    void putsAReloadedTableInForceAsAWhole() throws IOException {
        CurrentExports current = current("/old 10.0.0.1");
        Path file = Files.writeString(directory.resolve("exports"), "/a 10.0.0.1\n/b 10.0.0.1\n");

        LoadResult result = current.reload(file, PathMapping.NONE, Duration.ZERO);

        assertThat(result.hasErrors()).isFalse();
        assertThat(current.table()).isSameAs(result.table().orElseThrow());
        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a 10.0.0.1");
    }

    @Test
    void keepsTheOldTableWhenTheNewOneHasAnError() throws IOException {
        CurrentExports current = current("/a 10.0.0.1");
        ClientRights before = current.rights(ip("10.0.0.1"));
        Path file = Files.writeString(directory.resolve("exports"), "/a *(rw)\n/b 10.0.0.1 (rw)\n");

        LoadResult result = current.reload(file, PathMapping.NONE, Duration.ZERO);

        assertThat(result.hasErrors()).isTrue();
        assertThat(result.diagnostics()).hasSize(1);
        assertThat(before.isCurrent()).isTrue();
        assertThat(current.rights(ip("10.0.0.1"))).isSameAs(before);
        assertThat(onA(current, "10.0.0.9")).isEqualTo("NO_CLIENT_MATCHES");
    }

    @Test
    void keepsTheOldTableWhenTheFileIsGone() {
        CurrentExports current = current("/a 10.0.0.1");

        assertThat(current.reload(directory.resolve("exports"), PathMapping.NONE, Duration.ZERO)
                        .hasErrors())
                .isTrue();
        assertThat(onA(current, "10.0.0.1")).isEqualTo("/a 10.0.0.1");
    }

    private CurrentExports current(String text) {
        return CurrentExports.of(table(text), resolver);
    }

    private ClientRights known(CurrentExports current, String address) {
        assertThat(current.rights(ip(address))).isNotNull();
        names.answer();
        ClientRights rights = current.rights(ip(address));
        assertThat(rights.isCurrent()).isTrue();
        return rights;
    }

    private static String onA(CurrentExports current, String address) {
        return onA(current.rights(ip(address)));
    }

    private static String onA(ClientRights rights) {
        return shown(rights.onPath(A, Tables.PRIVILEGED_PORT));
    }
}
