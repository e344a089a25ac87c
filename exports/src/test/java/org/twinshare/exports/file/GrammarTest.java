package org.twinshare.exports.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.twinshare.exports.file.Parsed.clean;
import static org.twinshare.exports.file.Parsed.found;
import static org.twinshare.exports.file.Parsed.parse;
import static org.twinshare.exports.file.Parsed.pathsAndClients;

import org.junit.jupiter.api.Test;

/** Lines and words, as exports(5) describes them under "DESCRIPTION". */
class GrammarTest {

    @Test
    void readsALineOfPathAndClient() {
        assertThat(clean("/localData 192.168.1.2(rw,no_root_squash)")).containsExactly("/localData 192.168.1.2");
    }

    @Test
    void readsSeveralClientsOfALineInTheirOrder() {
        assertThat(clean("/a 10.0.0.1(rw)\t10.0.0.2  @group(ro) *.lan(rw)\n/b 10.0.0.3\n"))
                .containsExactly("/a 10.0.0.1", "/a 10.0.0.2", "/a @group", "/a *.lan", "/b 10.0.0.3");
    }

    @Test
    void ignoresBlankLinesAndComments() {
        assertThat(clean("\n  \t\n# a comment (rw) \"\\9\n/a 10.0.0.1 # to the end of the line (rw)\n   # another\n"))
                .containsExactly("/a 10.0.0.1");
    }

    @Test
    void endsACommentWithItsLineEvenAfterABackslash() {
        assertThat(clean("# old: \\\n/a 10.0.0.1")).containsExactly("/a 10.0.0.1");
    }

    @Test
    void takesAHashInsideAPathAsPartOfIt() {
        assertThat(clean("/a#b 10.0.0.1")).containsExactly("/a\\043b 10.0.0.1");
    }

    @Test
    void continuesALineAfterABackslash() {
        assertThat(clean("/a \\\n  10.0.0.1 \\\n\t10.0.0.2\\\n10.0.0.3\n/b 10.0.0.4"))
                .containsExactly("/a 10.0.0.1", "/a 10.0.0.2", "/a 10.0.0.3", "/b 10.0.0.4");
    }

    @Test
    void readsFilesWithCarriageReturnsAsThoseWithout() {
        assertThat(clean("/a 10.0.0.1\r\n/b \\\r\n 10.0.0.2\r\n")).containsExactly("/a 10.0.0.1", "/b 10.0.0.2");
    }

    @Test
    void takesFormFeedsAndVerticalTabsForBlanks() {
        assertThat(clean("/a\f10.0.0.1\u000b10.0.0.2")).containsExactly("/a 10.0.0.1", "/a 10.0.0.2");
    }

    @Test
    void readsTheLastLineWithoutANewlineAndWithAContinuationIntoNothing() {
        assertThat(clean("/a 10.0.0.1 \\\n")).containsExactly("/a 10.0.0.1");
        assertThat(clean("/a 10.0.0.1")).containsExactly("/a 10.0.0.1");
    }

    @Test
    void takesQuotesAroundSpaces() {
        assertThat(clean("\"/my data\" 10.0.0.1")).containsExactly("/my\\040data 10.0.0.1");
        assertThat(clean("/my\" \"data 10.0.0.1")).containsExactly("/my\\040data 10.0.0.1");
        assertThat(clean("\"/a # b\" 10.0.0.1")).containsExactly("/a\\040\\043\\040b 10.0.0.1");
    }

    @Test
    void takesOctalCodesForAnyByteInsideQuotesAndOut() {
        ParseResult result = parse("/a\\040b\\351 10.0.0.1\n\"/\\134\\042\" 10.0.0.1");

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.entries().get(0).path().bytes()).isEqualTo(new byte[] {'/', 'a', ' ', 'b', (byte) 0351});
        assertThat(result.entries().get(1).path().bytes()).isEqualTo(new byte[] {'/', '\\', '"'});
    }

    @Test
    void keepsRawBytesOfAPathAsTheyAre() {
        assertThat(parse("/caf\u00e9 10.0.0.1").entries().get(0).path().bytes())
                .isEqualTo(new byte[] {'/', 'c', 'a', 'f', (byte) 0xe9});
    }

    @Test
    void makesAContinuationInsideQuotesOneSpace() {
        assertThat(clean("\"/a\\\n   b\" 10.0.0.1")).containsExactly("/a\\040b 10.0.0.1");
        assertThat(clean("\"/a\\\n \t b\" 10.0.0.1")).containsExactly("/a\\040b 10.0.0.1");
    }

    @Test
    void reportsAQuoteThatItsLineDoesNotClose() {
        assertThat(found("/a 10.0.0.1\n\"/b c 10.0.0.1\n/d 10.0.0.1"))
                .containsExactly("2:1 error: this quote is not closed on its line");
    }

    @Test
    void reportsABackslashThatStartsNeitherOctalNorContinuation() {
        assertThat(found("/a\\b 10.0.0.1"))
                .containsExactly("1:3 error: a backslash starts three octal digits up to 377");
        assertThat(found("/a\\12 10.0.0.1"))
                .containsExactly("1:3 error: a backslash starts three octal digits up to 377");
        assertThat(found("/a\\1-2 10.0.0.1"))
                .containsExactly("1:3 error: a backslash starts three octal digits up to 377");
        assertThat(found("/a\\128 10.0.0.1"))
                .containsExactly("1:3 error: a backslash starts three octal digits up to 377");
        assertThat(found("/a\\400 10.0.0.1"))
                .containsExactly("1:3 error: a backslash starts three octal digits up to 377");
        assertThat(found("/a 10.0.0.1 \\ \n 10.0.0.2(rw)"))
                .contains("1:13 error: a line is continued only when the backslash is its last byte");
        assertThat(found("/a 10.0.0.1 \\\t "))
                .contains("1:13 error: a line is continued only when the backslash is its last byte");
        assertThat(found("/a 10.0.0.1 \\ 10.0.0.2"))
                .contains("1:13 error: a backslash starts three octal digits up to 377");
    }

    @Test
    void readsTheRestOfTheFileAfterAFaultyLine() {
        ParseResult result = parse("/a\\b 10.0.0.1\n/c 10.0.0.2\n/d (rw)\n/e 10.0.0.3");

        assertThat(result.hasErrors()).isTrue();
        assertThat(pathsAndClients(result)).containsExactly("/c 10.0.0.2", "/e 10.0.0.3");
    }

    @Test
    void readsNothingFromAnEmptyFile() {
        assertThat(clean("")).isEmpty();
        assertThat(clean("\n\n#")).isEmpty();
    }

    @Test
    void normalizesPathsAsExportfsDoes() {
        assertThat(clean("//srv///data/ 10.0.0.1\n/ 10.0.0.1")).containsExactly("/srv/data 10.0.0.1", "/ 10.0.0.1");
    }

    @Test
    void readsTheExampleOfExports5() {
        String example = """
                # the lines of the section EXAMPLE
                /               master(rw) trusty(rw,no_root_squash)
                /projects       proj*.local.domain(rw)
                /usr            *.local.domain(ro) @trusted(rw)
                /home/joe       pc001(rw,all_squash,anonuid=150,anongid=100)
                /pub            *(ro,insecure,all_squash)
                /srv/www        -sync,rw server @trusted @external(ro)
                /foo            fd01:db8:9:e54::/64(rw) 192.168.2.0/24(rw)
                /build          buildhost[0-9].local.domain(rw)
                """;

        ParseResult result = parse(example);

        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.entries().stream().map(entry -> entry.path() + " " + entry.text()))
                .containsExactly(
                        "/ master(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/ trusty(rw,sync,wdelay,hide,sec=sys,secure,no_root_squash,no_all_squash)",
                        "/projects proj*.local.domain(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/usr *.local.domain(ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/usr @trusted(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/home/joe pc001(rw,sync,wdelay,hide,sec=sys,secure,root_squash,all_squash,"
                                + "anonuid=150,anongid=100)",
                        "/pub *(ro,sync,wdelay,hide,sec=sys,insecure,root_squash,all_squash)",
                        "/srv/www server(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/srv/www @trusted(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/srv/www @external(ro,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/foo fd01:db8:9:e54::/64(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/foo 192.168.2.0/24(rw,sync,wdelay,hide,sec=sys,secure,root_squash,no_all_squash)",
                        "/build buildhost[0-9].local.domain(rw,sync,wdelay,hide,sec=sys,secure,root_squash,"
                                + "no_all_squash)");
    }
}
