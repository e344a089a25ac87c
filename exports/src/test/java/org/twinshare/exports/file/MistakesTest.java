package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.file.Parsed.found;
import static org.twinshare.exports.file.Parsed.only;
import static org.twinshare.exports.file.Parsed.parse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.twinshare.exports.Diagnostic;

/** What somebody writes who means something else; above all what would open an export to everyone. */
class MistakesTest {

    /** The sample of the design of the commands, word for word. */
    @Test
    void showsASpaceBeforeTheOptionsAsDesigned() {
        String text = """
                # one
                # two
                # three
                /localData  192.168.1.2 (rw,no_root_squash)
                """;

        assertThat(only(text).text()).isEqualTo("""
                        /etc/twinshare/exports:4:24: error: space before "(" gives these options to everyone, not to 192.168.1.2
                            /localData  192.168.1.2 (rw,no_root_squash)
                                                    ^
                            remedy: write  192.168.1.2(rw,no_root_squash)""");
    }

    @Test
    void findsTheSpaceBehindSeveralSpacesTabsAndOtherClients() {
        Diagnostic found = only("/a 10.0.0.1(ro) web1 \t (rw)");

        assertThat(found.message()).isEqualTo("space before \"(\" gives these options to everyone, not to web1");
        assertThat(found.location().text()).isEqualTo(Parsed.FILE + ":1:23");
        assertThat(found.location().caret()).isEqualTo(23);
        assertThat(found.remedy()).isEqualTo("write  web1(rw)");
    }

    @Test
    void findsALineBreakBetweenHostAndOptions() {
        Diagnostic found = only("/a web1 \\\n  (rw)");

        assertThat(found.message()).isEqualTo("line break before \"(\" gives these options to everyone, not to web1");
        assertThat(found.location().text()).isEqualTo(Parsed.FILE + ":2:3");
        assertThat(found.location().caret()).isEqualTo(2);
    }

    @Test
    void completesTheRemedyWhereSpacesAndBracketsWentWrongToo() {
        assertThat(only("/a web1 (rw, sync)").remedy()).isEqualTo("write  web1(rw,sync)");
        assertThat(only("/a web1 (rw").remedy()).isEqualTo("write  web1(rw)");
    }

    @ParameterizedTest
    @CsvSource({
        "/a (rw), 4, *(rw)",
        "/a 10.0.0.1(ro) (rw), 17, *(rw)",
        "'/a -ro (rw)', 8, *(rw)",
    })
    void refusesOptionsWithoutAnyHost(String text, int column, String star) {
        Diagnostic found = only(text);

        assertThat(found.isError()).isTrue();
        assertThat(found.message()).isEqualTo("no host before \"(\": these options would go to everyone");
        assertThat(found.location().column()).isEqualTo(column);
        assertThat(found.remedy()).startsWith("write  " + star + "  if everyone is meant");
    }

    @ParameterizedTest
    @CsvSource({"/a, 3", "/a   , 3", "'/a -rw,sync', 12", "/a # 10.0.0.1, 3"})
    void refusesALineWithoutAnyHost(String text, int column) {
        Diagnostic found = only(text);

        assertThat(found.isError()).isTrue();
        assertThat(found.message()).isEqualTo("no host: this would open /a to everyone");
        assertThat(found.location().column()).isEqualTo(column);
        assertThat(found.remedy()).contains("/a *(ro)");
    }

    @Test
    void refusesAnEmptyHostInQuotes() {
        assertThat(found("/a \"\"(rw)"))
                .containsExactly("1:6 error: no host before \"(\": these options would go to everyone");
        assertThat(found("/a \"\"")).containsExactly("1:4 error: no host");
    }

    @Test
    void allowsEveryoneWhenTheStarIsWrittenOut() {
        assertThat(Parsed.clean("/a *(rw)\n/b *")).containsExactly("/a *", "/b *");
    }

    @Test
    void refusesALineThatDoesNotStartWithAPath() {
        assertThat(only("192.168.1.2(rw) /a").text()).isEqualTo("""
                        /etc/twinshare/exports:1:1: error: "192.168.1.2(rw)" is not an absolute path
                            192.168.1.2(rw) /a
                            ^
                            remedy: start the line with the directory to export, then its clients""");
        assertThat(found("/a/../b 10.0.0.1")).containsExactly("1:1 error: \"/a/../b\" contains \"..\"");
        assertThat(found("/a\\000b 10.0.0.1")).containsExactly("1:1 error: \"/a\\000b\" contains a NUL byte");
    }

    @Test
    void refusesASpaceInsideTheOptions() {
        Diagnostic found = only("/a web1(rw, sync) 10.0.0.1");

        assertThat(found.message()).isEqualTo("a space inside a list of options ends the client");
        assertThat(found.location().column()).isEqualTo(13);
        assertThat(found.remedy()).isEqualTo("write  web1(rw,sync)");
    }

    @Test
    void refusesOptionsThatAreNotClosedOrHaveSomethingBehind() {
        assertThat(found("/a web1(rw")).containsExactly("1:8 error: this list of options is not closed");
        assertThat(found("/a web1(rw)web2(ro)"))
                .containsExactly("1:12 error: a client ends with the bracket that closes its options");
        assertThat(found("/a web1)rw("))
                .containsExactly("1:8 error: a client ends with the bracket that closes its options");
        assertThat(only("/a web1(rw)# comment").remedy()).isEqualTo("put a space before the comment");
        assertThat(only("/a web1(rw),web2(ro)").remedy()).isEqualTo("separate clients with spaces");
    }

    @Test
    void looksForTheEndOfAListNoFurtherThanTheNextOne() {
        assertThat(found("/a web1(rw web2(ro) 10.0.0.1"))
                .containsExactly("1:8 error: this list of options is not closed");
        assertThat(only("/a web1(rw web2(ro)").remedy()).isEqualTo("write  web1(rw)");
    }

    @Test
    void doesNotTakeABracketOfALaterWordForItsOwn() {
        assertThat(found("/a web1 web2)"))
                .containsExactly("1:13 error: \"web2)\": \")\" cannot be in a host name here");
    }

    @Test
    void pointsAtTheCharacterThatNoHostNameHas() {
        Diagnostic found = only("/a web1,web2(rw)");

        assertThat(found.message()).isEqualTo("\"web1,web2\": \",\" cannot be in a host name here");
        assertThat(found.location().column()).isEqualTo(8);
        assertThat(found.remedy()).isEqualTo("separate clients with spaces");
    }

    @Test
    void pointsBehindQuotesAndOctalCodesAtTheRightByte() {
        assertThat(only("/a \"we\"\\142,1(rw)").location().column()).isEqualTo(12);
    }

    @Test
    void showsBytesThatCouldHarmATerminalAsOctal() {
        Diagnostic found = only("/a web\u001b[31m\u00e9(rw)");

        assertThat(found.text()).matches("[\\n -~]*").contains("/a web\\033[31m\\351(rw)");
        assertThat(found.location().column()).isEqualTo(7);
        assertThat(found.location().caret()).isEqualTo(6);
    }

    @Test
    void putsTheCaretUnderItsByteBehindTabsAndEscapedBytes() {
        Diagnostic found = only("/\u00e9\tweb1,x(rw)\r\n");

        assertThat(found.location().sourceLine()).isEqualTo("/\\351 web1,x(rw)");
        assertThat(found.location().caret()).isEqualTo("/\\351 web1".length());
    }

    @Test
    void cutsALongLineAroundTheFault() {
        Diagnostic found = only("/a " + "10.0.0.1 ".repeat(50) + "oops,x " + "10.0.0.2 ".repeat(50));

        assertThat(found.location().sourceLine())
                .hasSizeLessThan(200)
                .startsWith("...")
                .endsWith("...");
        assertThat(found.location().sourceLine().charAt(found.location().caret()))
                .isEqualTo(',');
    }

    @Test
    void warnsOfAPublicClientOnceForEachAndKeepsIt() {
        ParseResult result = parse("/a 203.0.113.9(ro) 10.0.0.1(ro) 2001:db8::/32(ro)");

        assertThat(result.hasErrors()).isFalse();
        assertThat(result.entries()).hasSize(3);
        assertThat(result.diagnostics()).hasSize(2).noneMatch(Diagnostic::isError);
        assertThat(result.diagnostics().get(0).location().column()).isEqualTo(4);
        assertThat(result.diagnostics().get(0).message()).startsWith("203.0.113.9 is public");
    }

    @Test
    void showsAHundredErrorsAndCountsTheRest() {
        ParseResult result = parse("/a\n".repeat(250) + "/b 203.0.113.9\n");

        assertThat(result.diagnostics()).hasSize(102);
        assertThat(result.diagnostics().get(101).text())
                .startsWith(Parsed.FILE + ": error: 150 more of this severity are not shown");
        assertThat(result.diagnostics()).anyMatch(found -> found.message().contains("is public"));
        assertThat(result.hasErrors()).isTrue();
    }
}
