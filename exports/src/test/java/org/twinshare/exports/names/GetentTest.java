package org.twinshare.exports.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answers that getent(1) of glibc prints, played by a script; and the real program for the loopback address. */
class GetentTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final InetAddress WEB1 = InetAddresses.forString("10.0.0.1");

    @TempDir
    Path directory;

    @Test
    void takesTheNameAndTheAliasesThatLeadBackToTheAddress() throws IOException {
        HostNames names = hostNames("""
                hosts:10.0.0.1) echo '10.0.0.1        Web1.LAN. web1 forged.example.com' ;;
                ahostsv4:web1.lan) echo '10.0.0.1        STREAM web1.lan'; echo '10.0.0.1        DGRAM  ' ;;
                ahostsv4:web1) echo '10.0.0.9        STREAM web1'; echo '10.0.0.1        STREAM ' ;;
                ahostsv4:forged.example.com) echo '203.0.113.1     STREAM forged.example.com' ;;
                """);

        assertThat(names.namesOf(WEB1)).isEqualTo(new Lookup.Found<>(Set.of("web1.lan", "web1")));
    }

    @Test
    void believesNoNameThatLeadsElsewhereOrNowhere() throws IOException {
        HostNames names = hostNames("""
                hosts:10.0.0.1) echo '10.0.0.1        trusted.lan nowhere.lan' ;;
                ahostsv4:trusted.lan) echo '10.0.0.7        STREAM trusted.lan' ;;
                """);

        assertThat(names.namesOf(WEB1)).isEqualTo(new Lookup.NotFound<>("none of its names leads back to it"));
    }

    @Test
    void saysThatAnAddressHasNoName() throws IOException {
        assertThat(hostNames("").namesOf(WEB1))
                .isEqualTo(new Lookup.NotFound<>("the name service knows nothing of it"));
    }

    @Test
    void leavesOutWhatIsNoAddress() throws IOException {
        HostNames names = hostNames("ahosts:web1) echo 'warning: something'; echo; echo '10.0.0.1 STREAM web1' ;;\n");

        assertThat(names.addressesOf("web1")).isEqualTo(new Lookup.Found<>(Set.of(WEB1)));
    }

    @Test
    void neverAsksForANameThatIsNone() throws IOException {
        HostNames names = hostNames("hosts:10.0.0.1) echo '10.0.0.1 --help -x ../etc a..b $(id)' ;;\n");

        assertThat(names.namesOf(WEB1)).isInstanceOf(Lookup.NotFound.class);
        assertThat(names.addressesOf("--help")).isEqualTo(new Lookup.NotFound<>("not a host name"));
        assertThat(Files.readAllLines(directory.resolve("asked"))).containsExactly("hosts 10.0.0.1");
    }

    @Test
    void asksForIpv6AddressesInTheirOwnFamily() throws IOException {
        HostNames names = hostNames("""
                hosts:fd00::1) echo 'fd00::1         web6.lan' ;;
                ahostsv6:web6.lan) echo 'fd00::1         STREAM web6.lan' ;;
                """);

        assertThat(names.namesOf(InetAddresses.forString("fd00::1"))).isEqualTo(new Lookup.Found<>(Set.of("web6.lan")));
    }

    @Test
    void takesAllAddressesOfAHostOnce() throws IOException {
        HostNames names = hostNames("""
                ahosts:web1) echo '10.0.0.1        STREAM web1.lan'; echo '10.0.0.1        DGRAM  '
                             echo 'fe80::1%eth0    STREAM '; echo '::ffff:10.0.0.2 STREAM ' ;;
                """);

        assertThat(names.addressesOf("web1"))
                .isEqualTo(new Lookup.Found<>(
                        Set.of(WEB1, InetAddresses.forString("fe80::1"), InetAddresses.forString("10.0.0.2"))));
    }

    @Test
    void takesTheHostPartsOfANetgroupAndLeavesEmptyOnesOut() throws IOException {
        Netgroups netgroups = new GetentNetgroups(
                script("netgroup:webs) echo 'webs                  (Web1.lan,,) ( web2 ,-,lan) (,root,) (-,,)' ;;\n"),
                LONG);

        assertThat(netgroups.hostsOf("webs")).isEqualTo(new Lookup.Found<>(Set.of("web1.lan", "web2")));
        assertThat(netgroups.hostsOf("others"))
                .isEqualTo(new Lookup.NotFound<>("the name service knows nothing of it"));
        assertThat(netgroups.hostsOf("--help")).isEqualTo(new Lookup.NotFound<>("not a netgroup name"));
    }

    @Test
    void saysWhyThereIsNoAnswer() throws IOException {
        String failing = script("ahosts:web1) exit 3 ;;\n");

        assertThat(new GetentHostNames(failing, LONG).addressesOf("web1"))
                .isEqualTo(new Lookup.NotFound<>(failing + " failed with exit 3"));
        assertThat(new GetentHostNames("/nonexistent/getent", LONG).addressesOf("web1"))
                .isInstanceOfSatisfying(
                        Lookup.NotFound.class, none -> assertThat(none.reason()).contains("/nonexistent/getent"));
    }

    @Test
    void endsAProgramThatHangs() throws IOException {
        Getent hanging =
                new Getent(script("ahosts:web1) echo $$ > \"$0.pid\"; exec sleep 600 ;;\n"), Duration.ofMillis(500));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> hanging.ask("ahosts", "web1"))
                .withMessageContaining("within 500 ms");

        Path pid = directory.resolve("getent.pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .ifPresent(process -> assertThat(process.onExit()).succeedsWithin(LONG));
        }
    }

    @Test
    void readsAnswersLongerThanAPipeHolds() throws IOException {
        Getent wordy = new Getent(
                script("netgroup:big) i=0; while [ $i -lt 20000 ]; do echo \"(host$i,,)\"; i=$((i+1)); done ;;\n"),
                LONG);

        assertThat(wordy.ask("netgroup", "big")).hasSize(20_000);
    }

    @Test
    void asksTheRealServiceOfThisMachineForLoopback() {
        try (NameResolver resolver = NameResolver.system()) {
            assertThat(resolver.prepare(Set.of("localhost"), Set.of(), LONG)).isEmpty();
            assertThat(resolver.addressesOf("localhost").orElseThrow()).allMatch(InetAddress::isLoopbackAddress);
        }
    }

    @Test
    void findsNothingOutOnceItIsClosed() {
        NameResolver resolver = NameResolver.system();
        resolver.close();

        assertThat(resolver.namesOf(WEB1)).isEmpty();
        assertThat(resolver.settle(WEB1)).isCompleted();
    }

    private HostNames hostNames(String cases) throws IOException {
        return new GetentHostNames(script(cases), LONG);
    }

    /**
     * A program that knows the given cases of {@code database:key}, exits with 2 for others, and notes what is asked.
     */
    private String script(String cases) throws IOException {
        Path program = directory.resolve("getent");
        Files.writeString(
                program,
                "#!/bin/sh\necho \"$1 $2\" >> '" + directory.resolve("asked") + "'\ncase \"$1:$2\" in\n" + cases
                        + "*) exit 2 ;;\nesac\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }
}
