package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.file.Parsed.found;
import static org.twinshare.exports.file.Parsed.only;
import static org.twinshare.exports.file.Parsed.parse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.options.ExportOptions;
import org.twinshare.exports.options.Fsid;
import org.twinshare.exports.options.MountPoint;

/** The options of exports(5), "General Options" and "User ID Mapping". */
class OptionReaderTest {

    @Test
    void givesAClientWithoutOptionsTheDefaults() {
        assertThat(options("/a 10.0.0.1")).isEqualTo(ExportOptions.DEFAULT);
        assertThat(options("/a 10.0.0.1()")).isEqualTo(ExportOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "rw, 'rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash'",
        "async, 'ro,async,wdelay,hide,sec=sys,secure,root_squash,no_all_squash'",
        "no_wdelay, 'ro,sync,no_wdelay,hide,sec=sys,secure,root_squash,no_all_squash'",
        "insecure, 'ro,sync,wdelay,hide,sec=sys,insecure,root_squash,no_all_squash'",
        "nohide, 'ro,sync,wdelay,nohide,sec=sys,secure,root_squash,no_all_squash'",
        "crossmnt, 'ro,sync,wdelay,hide,crossmnt,sec=sys,secure,root_squash,no_all_squash'",
        "nordirplus, 'ro,sync,wdelay,hide,nordirplus,sec=sys,secure,root_squash,no_all_squash'",
        "no_root_squash, 'ro,sync,wdelay,hide,sec=sys,secure,no_root_squash,no_all_squash'",
        "all_squash, 'ro,sync,wdelay,hide,sec=sys,secure,root_squash,all_squash'",
        "anonuid=150, 'ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash,anonuid=150'",
        "anongid=100, 'ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash,anongid=100'",
        "fsid=7, 'ro,sync,wdelay,hide,fsid=7,sec=sys,secure,root_squash,no_all_squash'",
        "mp, 'ro,sync,wdelay,hide,mountpoint,sec=sys,secure,root_squash,no_all_squash'",
        "mountpoint=/srv, 'ro,sync,wdelay,hide,mountpoint=/srv,sec=sys,secure,root_squash,no_all_squash'",
    })
    void setsExactlyWhatAnOptionSays(String option, String resolved) {
        assertThat(options("/a 10.0.0.1(" + option + ")").text()).isEqualTo(resolved);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ro",
                "sync",
                "wdelay",
                "secure",
                "hide",
                "nocrossmnt",
                "root_squash",
                "no_all_squash",
                "sec=sys",
                "sec=unix",
                "anonuid=65534,anongid=65534"
            })
    void takesTheDefaultsWrittenOut(String option) {
        assertThat(options("/a 10.0.0.1(" + option + ")")).isEqualTo(ExportOptions.DEFAULT);
    }

    @Test
    void givesTheDefaultsOfALineToAllClientsAfterThem() {
        ParseResult result = parse("/a 10.0.0.1 -rw,async 10.0.0.2 10.0.0.3(ro) -no_root_squash 10.0.0.4\n/b 10.0.0.1");

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.entries().stream().map(entry -> entry.options().text()))
                .containsExactly(
                        "ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash",
                        "rw,async,wdelay,hide,sec=sys,secure,root_squash,no_all_squash",
                        "ro,async,wdelay,hide,sec=sys,secure,root_squash,no_all_squash",
                        "rw,async,wdelay,hide,sec=sys,secure,no_root_squash,no_all_squash",
                        "ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash");
    }

    @Test
    void letsTheLastOfContradictingOptionsCountAndSaysSo() {
        ParseResult result = parse("/a 10.0.0.1(rw,ro)");

        assertThat(result.entries().get(0).options().readWrite()).isFalse();
        assertThat(found("/a 10.0.0.1(rw,ro)"))
                .containsExactly("1:16 warning: rw and ro contradict each other: the last one, ro, counts");
        assertThat(found("/a -ro 10.0.0.1(rw,rw)")).isEmpty();
        assertThat(found("/a -ro -rw 10.0.0.1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "65534, 65534", "4294967294, -2", "-2, -2"})
    void takesUserIdsOf32Bits(String text, int uid) {
        assertThat(options("/a 10.0.0.1(anonuid=" + text + ")").squash().anonymousUid())
                .isEqualTo(uid);
        assertThat(options("/a 10.0.0.1(anongid=" + text + ")").squash().anonymousGid())
                .isEqualTo(uid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "4294967295", "4294967296", "x", "0x10", "1 ", "99999999999999999999", "--2"})
    void refusesWhatIsNoUserId(String text) {
        assertThat(only("/a \"10.0.0.1(anonuid=" + text + ")\"").message()).isEqualTo("not a user or group id");
    }

    @Test
    void readsFsidsAndMountPoints() {
        assertThat(options("/a 10.0.0.1(fsid=root)").fsid()).contains(new Fsid.SmallNumber(0));
        assertThat(options("/a 10.0.0.1(fsid=01234567-89ab-cdef-0123-456789abcdef)")
                        .fsid())
                .contains(new Fsid.Uuid("0123456789abcdef0123456789abcdef"));
        assertThat(options("/a 10.0.0.1(mp)").mountPoint()).isEqualTo(new MountPoint.ExportedDirectory());
        assertThat(options("/a \"10.0.0.1(mp=/b c)\"").mountPoint()).isEqualTo(new MountPoint.At(BytePath.of("/b c")));
        assertThat(only("/a 10.0.0.1(fsid=zero)").message()).isEqualTo("not an fsid");
        assertThat(only("/a 10.0.0.1(mp=srv)").message()).isEqualTo("the mount point is not an absolute path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonuid", "anongid=", "fsid", "mp=", "sec", "sec=", "xprtsec"})
    void refusesAMissingValue(String option) {
        assertThat(only("/a 10.0.0.1(" + option + ")").message()).endsWith(" needs a value");
    }

    @Test
    void refusesAValueWhereNoneBelongs() {
        assertThat(only("/a *(rw=10.0.0.1)").message()).isEqualTo("the option rw takes no value");
    }

    @ParameterizedTest
    @CsvSource({"rww, rw", "RW, rw", "root_sqash, root_squash", "norootsquash, no_root_squash", "no-wdelay, no_wdelay"})
    void guessesWhatAnUnknownOptionMeant(String option, String meant) {
        assertThat(only("/a 10.0.0.1(" + option + ")").text())
                .startsWith(Parsed.FILE + ":1:13: error: unknown option \"" + option + "\"")
                .endsWith("remedy: did you mean  " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"manage_gids", "manage-gids", "squash_uids=0-99", "noaccess", "elephant", "\u00e9", "(rw"})
    void refusesWhatIsNoOption(String option) {
        assertThat(only("/a 10.0.0.1(" + option + ")").isError()).isTrue();
        assertThat(only("/a 10.0.0.1(" + option + ")").message()).startsWith("unknown option");
        assertThat(only("/a 10.0.0.1(" + option + ")").remedy()).isNotEmpty();
    }

    @Test
    void saysThatGroupsAreLookedUpByASettingOfTheServer() {
        assertThat(only("/a 10.0.0.1(manage_gids)").remedy()).contains("setting of the server");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subtree_check",
                "no_subtree_check",
                "acl",
                "no_acl",
                "auth_nlm",
                "no_auth_nlm",
                "secure_locks",
                "insecure_locks",
                "pnfs",
                "no_pnfs",
                "security_label",
                "refer=/a@b",
                "replicas=/a@b",
                "reexport=auto-fsidnum",
                "ttl=60",
                "xprtsec=none:tls"
            })
    void acceptsWhatHasNoMeaningHereWithOneWarning(String option) {
        ParseResult result = parse("/a 10.0.0.1(rw," + option + ")");

        assertThat(result.hasErrors()).isFalse();
        assertThat(result.diagnostics()).hasSize(1);
        assertThat(result.diagnostics().get(0).message()).contains(" has no meaning here");
        assertThat(result.entries().get(0).options()).isEqualTo(ExportOptions.DEFAULT_READ_WRITE);
    }

    @Test
    void warnsOnceOfEachKindForTheWholeFileAndCountsIt() {
        String text =
                "/a 10.0.0.1(no_subtree_check,no_acl) 10.0.0.2(no_subtree_check)\n/b -no_subtree_check 10.0.0.1\n";

        assertThat(found(text))
                .containsExactly(
                        "1:13 warning: the option no_subtree_check has no meaning here and is ignored (3 times in all)",
                        "1:30 warning: the option no_acl has no meaning here and is ignored");
    }

    @Test
    void takesACommaAtTheEndAndRefusesOneBeforeNothing() {
        assertThat(options("/a 10.0.0.1(rw,)")).isEqualTo(ExportOptions.DEFAULT_READ_WRITE);
        assertThat(found("/a 10.0.0.1(rw,,sync)"))
                .containsExactly("1:16 error: an option is missing before this comma");
        assertThat(found("/a 10.0.0.1(,rw)")).containsExactly("1:13 error: an option is missing before this comma");
    }

    @Test
    void refusesADashWithoutOptions() {
        assertThat(found("/a - 10.0.0.1")).containsExactly("1:4 error: no options after the dash");
    }

    private static ExportOptions options(String text) {
        ParseResult result = parse(text);
        assertThat(result.diagnostics()).isEmpty();
        return result.entries().get(0).options();
    }
}
