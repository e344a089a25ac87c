package org.twinshare.fileserver.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the programs of a web node do with files all day. Where a script has no expected output beside it, the oracle is the
 * client's own kernel: the same script must print the same on a tmpfs there.
 */
@Tag("alone")
class EverydayIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    private static Lab lab;
    private static Path data;
    private static Path shared;
    private static LabClient web;

    @BeforeAll
    static void mount() throws IOException {
        lab = Lab.open();
        data = lab.directory("data");
        shared = lab.directory("shared");
        Path exports = Files.writeString(shared.resolve("exports"), data + " 10.213.77.0/24(rw,no_root_squash)\n");
        lab.serve("--exports", exports.toString());
        web = lab.boot("web1", "--export", data.toString(), "--share", shared.toString());
    }

    @AfterAll
    static void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    /** Runs a script in a new directory of the export, and in one of a file system in the client's memory. */
    private static String sameAsOnTmpfs(String directory, String script) {
        String inside = "umask 022; mkdir " + directory + "; cd " + directory + "; exec 2>&1\n" + script;
        String expected = web.sh("cd /dev/shm; " + inside);
        String served = web.sh(inside);
        assertThat(served).isEqualTo(expected).isNotEmpty();
        return served;
    }

    @Test
    void threeThousandSmallFilesAreWrittenReadBackAndRemoved() {
        String counts = web.sh("""
                mkdir small; cd small
                perl -e 'for (1..3000) { open F, ">", "f$_" or die $!; print F "content of $_\n" x ($_ % 40); close F or die $! }'
                echo 3 > /proc/sys/vm/drop_caches
                perl -e 'local $/; for (1..3000) { open F, "<", "f$_" or die $!; my $c = <F>; $c = "" unless defined $c;
                         die "f$_" if $c ne "content of $_\n" x ($_ % 40); $n++ } print "$n\n"'
                ls | wc -l
                cd ..; rm -r small; ls | grep -c small || true
                """);

        assertThat(counts).isEqualTo("3000\n3000\n0\n");
    }

    @Test
    void linksAndFifosAreWhatTheyAreElsewhere() {
        String printed = sameAsOnTmpfs("links", """
                echo one > a; ln a b; ln -s a soft; ln -s /nowhere/at/all dangling; mkfifo pipe
                mkdir d; ln a d/c; stat -c '%n %F %a %h %s' a b d/c soft pipe
                [ a -ef b ] && [ a -ef d/c ] && [ soft -ef a ] && echo same
                rm a; cat b; stat -c %h b; readlink soft dangling; cat soft || echo broken
                (echo through > pipe &) ; cat pipe
                long=$(head -c 1000 /dev/zero | tr '\\0' x); ln -s $long long; [ "$(readlink long)" = $long ] && echo long
                ln d hard || echo refused; ln -s x soft || echo exists
                """);

        assertThat(printed).contains("same\none\n2\na\n/nowhere/at/all\n", "through\n", "long\n", "refused");
    }

    @Test
    void renameReplacesWhatIsThere() {
        sameAsOnTmpfs("renames", """
                echo new > a; echo old > b; exec 3< b; mv a b; cat b; cat <&3; exec 3<&-; ls
                mkdir e f f/sub; perl -e 'rename("e", "f") or print "$!\n"; rename("e", "g") or die; rename("b", "g") or print "$!\n"'
                perl -e 'rename("f", "f/sub/f") or print "$!\n"; rename("f", "g") or print "$!\n"'
                ln b c; perl -e 'rename("b", "c") or die'; ls -R; mv g/sub .; rmdir g; ls -R
                """);
    }

    @Test
    void aFileThatIsOpenStaysReadableAfterItWasRemoved() {
        String printed = web.sh("""
                mkdir silly; cd silly; echo here > f; exec 3< f; rm f; ls -A | grep -c '^.nfs'; cat <&3
                exec 3<&-; ls -A | wc -l; cd ..; rmdir silly; echo gone
                """);

        assertThat(printed).isEqualTo("1\nhere\n0\ngone\n");
    }

    @Test
    void modesOwnersAndTimesAreSetAsRootAndAsNobody() {
        String nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups ";
        String printed = sameAsOnTmpfs("owners", """
                show() { stat -c '%%n %%a %%u:%%g %%x|%%y' "$@"; }
                echo a > f; chmod 4751 f; chown 1234:2345 f; chmod 6751 f; touch -d '2001-02-03 04:05:06.789012345 UTC' f; show f
                chmod 777 .; %1$s sh -c 'echo mine > g; chmod 640 g; touch -d @1000000000 g'; show g
                %1$s chown 0 g || echo no chown; %1$s chgrp 0 g || echo no chgrp; %1$s chmod 777 f || echo no chmod
                %1$s touch -d @1 f || echo no touch; %1$s cat f || echo no reading
                chmod 666 f; %1$s touch f && echo now; %1$s touch -d @5 f || echo not then
                chmod 6777 f; %1$s sh -c 'echo more >> f'; stat -c %%a f; chmod 6777 f; %1$s truncate -s 1 f; stat -c %%a f
                %1$s sh -c 'umask 0; echo x > h; mkdir k; chmod 0 h; cat h' || echo locked out; ls -ln h | cut -c 1-10
                """.formatted(nobody));

        assertThat(printed)
                .contains(
                        "f 6751 1234:2345 2001-02-03 04:05:06.789012345", "g 640 65534:65534", "no chown", "not then");
    }

    @Test
    void stickyAndSetgidDirectoriesKeepTheirRules() {
        String printed = sameAsOnTmpfs("sticky", """
                as() { u=$1; shift; setpriv --reuid $u --regid $u --clear-groups "$@"; }
                chmod 1777 .; as 1001 sh -c 'echo a > a; echo b > b'; as 1002 rm -f a || echo kept
                as 1002 mv a c || echo not moved; as 1002 sh -c 'echo c > c; mv c b' || echo not replaced
                as 1001 mv a d && as 1001 rm d && echo own; ls
                mkdir team; chown 1001:3000 team; chmod 2775 team; as 1001 sh -c 'cd team; echo x > f; mkdir sub; mkfifo p'
                stat -c '%n %a %u:%g' team team/f team/sub team/p
                as 1001 chmod 2755 team; stat -c %a team; as 1001 sh -c 'echo y > team/g; chmod 2755 team/g'; stat -c %a team/g
                """);

        assertThat(printed).contains("kept", "not moved", "not replaced", "own", "team/sub 2755 1001:3000");
    }

    @Test
    void filesAreTruncatedAndHaveHoles() {
        sameAsOnTmpfs("holes", """
                echo 0123456789 > f; truncate -s 4 f; od -c f; truncate -s 8 f; od -c f; : > f; stat -c %s f
                truncate -s 100M f; echo middle | dd of=f bs=1M seek=50 conv=notrunc status=none; sync f
                echo 3 > /proc/sys/vm/drop_caches; cksum f; stat -c %s f; [ $(($(stat -c %b f) / 2)) -lt 1024 ] && echo sparse
                truncate -s 52428801 f; tail -c 2 f | od -c; truncate -s 10G f; stat -c %s f; tail -c 3 f | od -c
                """);
    }

    @Test
    void exclusiveCreationHasOneWinner() {
        String printed = web.sh("""
                mkdir excl; cd excl
                for i in 1 2 3 4; do perl -MFcntl -e '
                    for (1..200) { if (sysopen F, "f$_", O_WRONLY|O_CREAT|O_EXCL) { print F $$; close F; print "$_\n" }
                                   elsif (!$!{EEXIST}) { die $! } }' > /run/won$i & done
                wait; cat /run/won* | sort -n | uniq | wc -l; cat /run/won* | wc -l; find . -size 0 | wc -l
                """);

        assertThat(printed).isEqualTo("200\n200\n0\n");
    }

    @Test
    void namesAreBytes() {
        String script = """
                perl -e '
                    my @names = ("\\xE9", "a\\nb", "x" x 255, "-rf", " ", "*?", "\\\\", "\\xC3\\xA9", "e\\xCC\\x81", "\\x01\\x7F", "...", "\\xFF\\xFE");
                    for (@names) { open F, ">", "./$_" or die "$!"; print F $_; close F or die $! }
                    open(F, ">", "y" x 256) or print "$!\\n"; mkdir "z" x 256 or print "$!\\n";
                    open F, ">", "/proc/sys/vm/drop_caches"; print F 3; close F;
                    opendir D, "."; my @seen = sort grep { !/^\\.\\.?$/ } readdir D;
                    for (@seen) { open F, "<", "./$_" or die "$!"; my $c = join "", <F>; die unless $c eq $_; print unpack("H*", $_), "\\n" }
                    rename "./\\xE9", "./\\xE8" or die $!; unlink "./-rf" or die $!; print -e "./\\xE8" ? "moved\\n" : "lost\\n"'
                """;
        String printed = sameAsOnTmpfs("names", script);

        assertThat(printed)
                .contains("File name too long\nFile name too long\n", "\ne9\n", "\n610a62\n", "\n2d7266\n", "moved");
        String onServer = Shell.run(
                        "perl",
                        "-e",
                        "opendir D, $ARGV[0]; print join ' ', sort map unpack('H*', $_), readdir D",
                        data.resolve("names").toString())
                .orFail();
        assertThat(onServer)
                .contains("e8", "610a62", "c3a9", "65cc81", "78".repeat(255))
                .doesNotContain("2d7266");
    }

    @Test
    void aSourceTreeIsUnpackedAsOnALocalDisk() {
        Shell.run(
                        Map.of(),
                        Duration.ofMinutes(1),
                        List.of(
                                "tar",
                                "-C",
                                PROJECT.toString(),
                                "--exclude=target",
                                "--exclude=.git",
                                "-cf",
                                shared.resolve("tree.tar").toString(),
                                "."))
                .orFail();

        sameAsOnTmpfs("unpacked", """
                tar -xf %s/tree.tar; echo 3 > /proc/sys/vm/drop_caches
                find . -type f -print0 | sort -z | xargs -0 cksum | cksum; find . ! -name . -printf '%%P %%y %%m %%U:%%G %%n %%l\\n' | sort
                find . -type f -printf '%%P %%s %%T@\\n' | sort | cksum
                """.formatted(shared));
    }

    @Test
    void gitClonesAndSeesACleanTree() {
        Shell.run(Map.of(), Duration.ofMinutes(1), List.of("sh", "-ec", """
                cd %1$s; mkdir origin; cp -r %2$s/* origin/; rm -rf origin/target origin/*/target; cd origin
                git init -q; git add -A; git -c user.name=t -c user.email=t@example.org commit -qm all
                """.formatted(shared, PROJECT)))
                .orFail();

        String printed = web.sh("""
                git config --global --add safe.directory '*'
                git clone -q %s/origin clone; cd clone; echo 3 > /proc/sys/vm/drop_caches
                git status --porcelain | wc -l; git fsck --full --strict >/dev/null && echo sound
                echo change >> pom.xml; git -c user.name=t -c user.email=t@example.org commit -qam change; git status --porcelain
                git checkout -q HEAD~1; git log --oneline | wc -l; git diff --stat
                """.formatted(shared));

        assertThat(printed).isEqualTo("0\nsound\n1\n");
    }

    @Test
    void dfShowsTheServersDisk() {
        List<Long> expected =
                numbers(Shell.run("stat", "-fc", "%S %b %c", data.toString()).orFail());

        List<Long> shown = numbers(web.sh("stat -fc '%S %b %c' ."));

        // The client's kernel counts in blocks of its own, the last one begun.
        long block = shown.get(0);
        assertThat(shown.get(1)).isEqualTo((expected.get(0) * expected.get(1) + block - 1) / block);
        assertThat(shown.get(2)).isEqualTo(expected.get(2));
    }

    private static List<Long> numbers(String line) {
        return Splitter.on(' ').splitToStream(line.strip()).map(Long::valueOf).toList();
    }

    @Test
    void aLargeDirectoryIsEmptiedWhileItIsListed() {
        Shell.run(
                        "perl",
                        "-e",
                        "mkdir $ARGV[0]; chdir $ARGV[0]; for (1..8000) { open F, '>', \"entry-number-$_\" or die }",
                        data.resolve("large").toString())
                .orFail();

        // 8,000 removals, each of them synced, on a disk that others use too.
        String printed = web.run(Duration.ofMinutes(6), List.of(), """
                ls large | wc -l
                echo 3 > /proc/sys/vm/drop_caches
                (for i in 1 2 3 4 5; do find large -mindepth 1 -maxdepth 1 -printf '%f\\n' 2>>/run/faults | sort | uniq -d; sleep 1; done > /run/twice) &
                rm -r large && echo emptied
                wait; wc -l < /run/twice; grep -v 'No such file' /run/faults | head -3; ls | grep -c large || true
                """).orFail();

        assertThat(printed).isEqualTo("8000\nemptied\n0\n0\n");
    }
}
