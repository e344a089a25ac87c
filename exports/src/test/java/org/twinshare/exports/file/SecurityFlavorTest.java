package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.file.Parsed.found;
import static org.twinshare.exports.file.Parsed.only;
import static org.twinshare.exports.file.Parsed.parse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.options.ExportOptions;

/** {@code sec=} and {@code xprtsec=}: exports(5), "RPCSEC_GSS security" and "Transport layer security". */
class SecurityFlavorTest {

    @ParameterizedTest
    @ValueSource(strings = {"sec=krb5", "sec=krb5i:krb5p", "sec=none", "sec=null"})
    void refusesFlavoursThatAreNotServed(String option) {
        Diagnostic found = only("/a 10.0.0.1(rw," + option + ")");

        assertThat(found.isError()).isTrue();
        assertThat(found.message()).isEqualTo(option + ": only sec=sys is served");
        assertThat(found.location().column()).isEqualTo(16);
        assertThat(found.remedy()).isEqualTo("write sec=sys, or leave sec= out");
    }

    @Test
    void takesSysOutOfAListWithAWarning() {
        ParseResult result = parse("/a 10.0.0.1(sec=krb5:sys,rw)");

        assertThat(result.hasErrors()).isFalse();
        assertThat(result.entries().get(0).options()).isEqualTo(ExportOptions.DEFAULT_READ_WRITE);
        assertThat(found("/a 10.0.0.1(sec=krb5:sys,rw)"))
                .containsExactly(
                        "1:13 warning: sec=krb5:sys: only sec=sys is served, the other flavours have no effect");
    }

    @Test
    void refusesUnknownFlavours() {
        assertThat(parse("/a 10.0.0.1(sec=kerberos:sys)").diagnostics())
                .anyMatch(found -> found.isError() && found.message().equals("not a list of security flavours"));
    }

    /** Only ro, rw, no_root_squash, root_squash and all_squash belong to the flavours before them. */
    @Test
    void doesNotGiveSysWhatStandsBehindAnotherFlavour() {
        ExportOptions options = options("/a 10.0.0.1(sec=sys,ro,sec=krb5,rw,no_root_squash,async)");

        assertThat(options.readWrite()).isFalse();
        assertThat(options.squash().rootSquash()).isTrue();
        assertThat(options.async()).isTrue();
    }

    @Test
    void givesSysWhatStandsBeforeAllFlavoursAndBehindItsOwn() {
        ExportOptions options = options("/a 10.0.0.1(rw,sec=krb5p,ro,sec=sys,all_squash)");

        assertThat(options.readWrite()).isTrue();
        assertThat(options.squash().allSquash()).isTrue();
    }

    @Test
    void findsNoContradictionBetweenTheSectionsOfTwoFlavours() {
        assertThat(parse("/a 10.0.0.1(sec=sys,ro,sec=krb5,rw)").diagnostics())
                .hasSize(1)
                .noneMatch(found -> found.message().contains("contradict"));
    }

    @Test
    void letsAClientAddSysToTheFlavoursOfItsLine() {
        assertThat(parse("/a -sec=krb5 10.0.0.1(sec=sys,rw)").hasErrors()).isFalse();
        assertThat(found("/a -sec=krb5 10.0.0.1 10.0.0.2"))
                .containsExactly("1:5 error: sec=krb5: only sec=sys is served");
    }

    @ParameterizedTest
    @ValueSource(strings = {"xprtsec=tls", "xprtsec=tls:mtls"})
    void refusesToPromiseEncryption(String option) {
        assertThat(only("/a 10.0.0.1(" + option + ")").message())
                .isEqualTo("calls are not encrypted here, so that " + option + " cannot be kept");
    }

    @Test
    void refusesUnknownTransports() {
        assertThat(only("/a 10.0.0.1(xprtsec=ssl)").message()).isEqualTo("not a list of none, tls and mtls");
    }

    private static ExportOptions options(String text) {
        ParseResult result = parse(text);
        assertThat(result.hasErrors()).isFalse();
        return result.entries().get(0).options();
    }
}
