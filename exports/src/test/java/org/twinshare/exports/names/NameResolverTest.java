package org.twinshare.exports.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Times: {@link RefreshPolicy#DEFAULT}, five minutes for a good answer, half a minute for none, an hour of grace. */
class NameResolverTest {

    private static final InetAddress WEB1 = InetAddresses.forString("10.0.0.1");
    private static final InetAddress WEB2 = InetAddresses.forString("10.0.0.2");

    private final FakeNames names = new FakeNames();
    private final NameResolver resolver = names.resolver();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void fill() {
        names.host("10.0.0.1", "web1.lan", "web1");
        names.host("10.0.0.2", "web2.lan");
        names.netgroup("webs", "web1.lan", "web2.lan");
        resolver.setListener(new NameResolver.Listener() {
            @Override
            public void addressAnswered(InetAddress address) {
                heard.add(InetAddresses.toAddrString(address));
            }

            @Override
            public void tableNamesChanged() {
                heard.add("table");
            }
        });
    }

    @Test
    void knowsNothingOfAnAddressAtFirstAndStartsToAsk() {
        assertThat(resolver.namesOf(WEB1)).isEmpty();
        assertThat(names.waiting()).isEqualTo(1);

        names.answer();

        assertThat(resolver.namesOf(WEB1)).contains(Set.of("web1.lan", "web1"));
        assertThat(heard).containsExactly("10.0.0.1");
    }

    @Test
    void asksOnceForAnAddressThatManyWaitFor() {
        assertThat(resolver.namesOf(WEB1)).isEmpty();
        assertThat(resolver.namesOf(WEB1)).isEmpty();
        CompletableFuture<Void> settled = resolver.settle(WEB1);
        names.answer();
        assertThat(resolver.namesOf(WEB1)).isPresent();

        assertThat(settled).isCompleted();
        assertThat(names.asked()).containsExactly("10.0.0.1");
        assertThat(resolver.settle(WEB1)).isCompleted();
        assertThat(names.asked()).isEmpty();
    }

    @Test
    void completesNoSettlingBeforeTheAnswer() {
        CompletableFuture<Void> settled = resolver.settle(WEB1);

        assertThat(settled).isNotDone();
        names.answer();
        assertThat(settled).isCompleted();
    }

    @Test
    void looksAClientInUseUpAgainAfterFiveMinutes() {
        know(WEB1);
        names.pass(299, TimeUnit.SECONDS);
        resolver.refresh();
        assertThat(names.waiting()).isZero();

        names.pass(1, TimeUnit.SECONDS);
        names.host("10.0.0.1", "renamed.lan");
        resolver.refresh();
        assertThat(resolver.namesOf(WEB1)).as("old names meanwhile").contains(Set.of("web1.lan", "web1"));
        names.answer();

        assertThat(resolver.namesOf(WEB1)).contains(Set.of("web1.lan", "web1", "renamed.lan"));
        assertThat(heard).containsExactly("10.0.0.1", "10.0.0.1");
    }

    @Test
    void doesNotAskAgainForAClientThatIsGoneAndForgetsItAfterAnHour() {
        assertThat(resolver.namesOf(WEB1)).isEmpty();
        names.answer();
        names.asked();

        names.pass(10, TimeUnit.MINUTES);
        resolver.refresh();
        assertThat(names.waiting()).isZero();
        names.pass(50, TimeUnit.MINUTES);
        resolver.refresh();

        assertThat(resolver.namesOf(WEB1)).as("forgotten").isEmpty();
        assertThat(names.waiting()).isEqualTo(1);
    }

    @Test
    void stillKnowsAClientThatComesBackWithinTheHour() {
        assertThat(resolver.namesOf(WEB1)).isEmpty();
        names.answer();

        refreshAfter(59, TimeUnit.MINUTES);

        assertThat(resolver.namesOf(WEB1)).contains(Set.of("web1.lan", "web1"));
        refreshAfter(1, TimeUnit.SECONDS);
        assertThat(heard).as("in use again").containsExactly("10.0.0.1", "10.0.0.1");
    }

    @Test
    void remembersThatNothingIsKnownForHalfAMinute() {
        InetAddress stranger = InetAddresses.forString("10.0.0.99");
        know(stranger);
        assertThat(resolver.namesOf(stranger)).contains(Set.of());
        assertThat(resolver.failureOf(stranger)).contains("nothing known of it");

        names.pass(29, TimeUnit.SECONDS);
        resolver.refresh();
        assertThat(names.waiting()).isZero();
        names.pass(1, TimeUnit.SECONDS);
        names.host("10.0.0.99", "new.lan");
        resolver.refresh();
        names.answer();

        assertThat(resolver.namesOf(stranger)).contains(Set.of("new.lan"));
        assertThat(resolver.failureOf(stranger)).isEmpty();
    }

    @Test
    void keepsTheLastNamesForAnHourWhenTheServiceIsAway() {
        know(WEB1);
        names.goAway();

        for (int minute = 5; minute < 60; minute += 5) {
            refreshAfter(5, TimeUnit.MINUTES);
            assertThat(resolver.namesOf(WEB1)).contains(Set.of("web1.lan", "web1"));
            assertThat(resolver.failureOf(WEB1)).contains("nothing known of it");
        }
        refreshAfter(5, TimeUnit.MINUTES);

        assertThat(resolver.namesOf(WEB1)).contains(Set.of());
    }

    @Test
    void remembersNoMoreClientsThanItsCapacityAndForgetsTheOneUsedLongestAgo() {
        NameResolver small = names.resolver(
                new RefreshPolicy(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofHours(1), 2, 10));
        for (String address : List.of("10.0.0.1", "10.0.0.2")) {
            assertThat(small.namesOf(InetAddresses.forString(address))).isEmpty();
            names.answer();
        }
        assertThat(small.namesOf(WEB1)).isPresent();
        assertThat(small.namesOf(InetAddresses.forString("10.0.0.3"))).isEmpty();
        names.answer();

        assertThat(small.namesOf(WEB1)).isPresent();
        assertThat(small.namesOf(WEB2)).isEmpty();
    }

    @Test
    void startsNoMoreLookUpsThanAllowedAndTakesTheOthersWhenAskedAgain() {
        NameResolver small = names.resolver(
                new RefreshPolicy(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofHours(1), 10, 1));
        assertThat(small.namesOf(WEB1)).isEmpty();
        assertThat(small.namesOf(WEB2)).isEmpty();
        assertThat(names.waiting()).isEqualTo(1);
        assertThat(small.settle(WEB2)).as("nothing to wait for").isCompleted();

        names.answer();
        assertThat(small.namesOf(WEB2)).isEmpty();
        names.answer();

        assertThat(small.namesOf(WEB2)).contains(Set.of("web2.lan"));
    }

    @Test
    void staysUnknownWhenNobodyTakesTheLookUp() {
        NameResolver closed = new NameResolver(
                names,
                names,
                lookup -> {
                    throw new RejectedExecutionException("closed");
                },
                () -> 0,
                RefreshPolicy.DEFAULT);

        assertThat(closed.namesOf(WEB1)).isEmpty();
        assertThat(closed.settle(WEB1)).isCompleted();
    }

    @Test
    void countsALookUpThatThrowsAsNotFound() {
        HostNames broken = new HostNames() {
            @Override
            public Lookup<String> namesOf(InetAddress address) {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public Lookup<InetAddress> addressesOf(String host) {
                throw new IllegalStateException("broken on purpose");
            }
        };
        NameResolver over = new NameResolver(broken, names, Runnable::run, () -> 0, RefreshPolicy.DEFAULT);

        assertThat(over.namesOf(WEB1)).isEmpty();
        assertThat(over.namesOf(WEB1)).contains(Set.of());
        assertThat(over.failureOf(WEB1)).contains("broken on purpose");
        assertThat(over.settle(WEB1)).isCompleted();
    }

    @Test
    void preparesTheNamesOfATableAndTellsWhichAreMissing() {
        NameResolver direct = new NameResolver(names, names, Runnable::run, () -> 0, RefreshPolicy.DEFAULT);

        assertThat(direct.prepare(List.of("web1", "gone"), List.of("webs", "nobody"), Duration.ofSeconds(5)))
                .containsExactly(Map.entry("gone", "nothing known of it"), Map.entry("@nobody", "nothing known of it"));

        assertThat(direct.addressesOf("web1")).contains(Set.of(WEB1));
        assertThat(direct.membersOf("webs")).contains(Set.of("web1.lan", "web2.lan"));
        assertThat(direct.addressesOf("gone")).contains(Set.of());
    }

    @Test
    void waitsNoLongerThanToldForAServiceThatDoesNotAnswer() {
        assertThat(resolver.prepare(List.of("web1"), List.of(), Duration.ZERO))
                .containsExactly(Map.entry("web1", "no answer yet"));
        assertThat(resolver.addressesOf("web1")).isEmpty();

        names.answer();

        assertThat(resolver.addressesOf("web1")).contains(Set.of(WEB1));
        assertThat(heard).containsExactly("table");
    }

    @Test
    void refreshesTheNamesOfTheTableWhetherTheyAreUsedOrNotAndTellsOnlyOfChanges() {
        prepareAndAnswer();
        heard.clear();
        refreshAfter(5, TimeUnit.MINUTES);
        assertThat(heard).isEmpty();

        names.host("10.0.0.7", "web1");
        names.netgroup("webs", "web1.lan");
        refreshAfter(5, TimeUnit.MINUTES);

        assertThat(heard).containsExactly("table", "table");
        assertThat(resolver.addressesOf("web1")).contains(Set.of(WEB1, InetAddresses.forString("10.0.0.7")));
        assertThat(resolver.membersOf("webs")).contains(Set.of("web1.lan"));
    }

    @Test
    void asksAfreshForTheNamesOfATableThatIsLoadedAgain() {
        prepareAndAnswer();
        names.host("10.0.0.7", "web1");
        prepareAndAnswer();

        assertThat(resolver.addressesOf("web1").orElseThrow()).hasSize(2);
    }

    @Test
    void forgetsTheNamesThatNoTableHasAnyMore() {
        prepareAndAnswer();
        names.asked();

        resolver.retain(List.of(), List.of("webs"));
        refreshAfter(5, TimeUnit.MINUTES);
        assertThat(names.asked()).containsExactly("@webs");

        resolver.retain(List.of(), List.of());
        refreshAfter(5, TimeUnit.MINUTES);
        assertThat(names.asked()).isEmpty();
    }

    private void prepareAndAnswer() {
        assertThat(resolver.prepare(List.of("web1"), List.of("webs"), Duration.ZERO))
                .isNotNull();
        names.answer();
    }

    private void know(InetAddress address) {
        assertThat(resolver.namesOf(address)).isEmpty();
        names.answer();
        assertThat(resolver.namesOf(address)).isPresent();
    }

    private void refreshAfter(long amount, TimeUnit unit) {
        names.pass(amount, unit);
        resolver.refresh();
        names.answer();
    }
}
