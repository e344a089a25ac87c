package org.twinshare.filestore.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.twinshare.filestore.Caller;

/**
 * A child process with the identity of a caller, in a directory of its own: makes system calls there, one for each line that
 * it is sent, and answers with the errno that the kernel gave it. This is what the permissions of Linux are, by definition.
 */
final class Oracle implements AutoCloseable {
    private static final Path PERL = Path.of("/usr/bin/perl");
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private static final String SCRIPT = """
            use strict; use warnings; use POSIX (); use Fcntl;
            my ($SETXATTR, $LGETXATTR) = @ARGV;
            $| = 1; umask 0;
            sub acl { my $path = shift; my $value = "\\0" x 4096; my $name = "system.posix_acl_access";
              my $n = syscall($LGETXATTR + 0, $path, $name, $value, 4096);
              return $n < 0 ? "-" : unpack("H*", substr($value, 0, $n)); }
            sub show { my ($path, $name) = @_; my @s = lstat $path or return "$name none";
              my $kind = $s[2] & 0170000; my $size = $kind == 0100000 ? $s[7] : 0;
              return sprintf("%s %o %d:%d links %d size %d acl %s", $name, @s[2, 4, 5, 3], $size,
                $kind == 0120000 ? "-" : acl($path)); }
            my %do = (
              create => sub { sysopen(my $f, $_[0], O_CREAT | O_EXCL | O_WRONLY, oct $_[1]) },
              mkdir => sub { mkdir $_[0], oct $_[1] },
              symlink => sub { symlink "target", $_[0] },
              mkfifo => sub { POSIX::mkfifo($_[0], oct $_[1]) },
              unlink => sub { unlink $_[0] },
              rmdir => sub { rmdir $_[0] },
              rename => sub { rename $_[0], $_[1] },
              link => sub { link $_[0], $_[1] },
              chmod => sub { chmod oct $_[1], $_[0] },
              chown => sub { chown $_[1], $_[2], $_[0] },
              truncate => sub { truncate $_[0], $_[1] },
              write => sub { my $f; sysopen($f, $_[0], O_WRONLY) and syswrite $f, "z" },
              read => sub { my ($f, $b); sysopen($f, $_[0], O_RDONLY) and defined sysread $f, $b, 1 },
              touch => sub { utime undef, undef, $_[0] },
              utime => sub { utime 5, 6, $_[0] },
              lookup => sub { my @s = lstat $_[0]; scalar @s },
              list => sub { opendir(my $d, $_[0]) },
              may => sub { POSIX::access($_[0], $_[1]) },
              setacl => sub { my ($path, $name, $hex) = @_; my $value = pack "H*", $hex;
                syscall($SETXATTR + 0, $path, $name, $value, length $value, 0) == 0 },
              fill => sub { my $f; sysopen($f, $_[0], O_CREAT | O_WRONLY, 0600) and syswrite $f, "abc" },
            );
            while (my $line = <STDIN>) {
              chomp $line;
              my ($op, @args) = split /\\t/, $line;
              if ($op eq "show") {
                my @all = map { show($_, $_) } @args;
                for my $dir (@args) { if (opendir(my $d, $dir)) {
                  push @all, map { show("$dir/$_", "$dir/$_") } sort grep { !/^\\.\\.?$/ } readdir $d } }
                print join("; ", @all), "\\n"; next;
              }
              $! = 0;
              my $done = $do{$op}->(@args);
              print $done ? 0 : $! + 0, "\\n";
            }
            """;

    private final Process process;
    private final PrintStream to;
    private final BufferedReader from;

    Oracle(Caller identity, Path directory) throws IOException {
        Assumptions.assumeTrue(Files.exists(PERL) && Files.exists(SETPRIV), "needs perl and setpriv");
        List<String> command = new ArrayList<>(
                List.of(SETPRIV.toString(), "--reuid", "" + identity.uid(), "--regid", "" + identity.gid()));
        if (identity.groups().length == 0) {
            command.add("--clear-groups");
        } else {
            StringBuilder groups = new StringBuilder();
            for (int group : identity.groups()) {
                groups.append(groups.isEmpty() ? "" : ",").append(group);
            }
            command.addAll(List.of("--groups", groups.toString()));
        }
        // setxattr and lgetxattr
        // -U: unlink() asks the kernel also about directories
        command.addAll(List.of(PERL.toString(), "-U", "-e", SCRIPT, ARM ? "5" : "188", ARM ? "9" : "192"));
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        to = new PrintStream(process.getOutputStream(), false, ISO_8859_1);
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
    }

    /** The errno of a system call, 0 for none. */
    int call(Object... words) throws IOException {
        return Integer.parseInt(ask(words));
    }

    /** Several system calls that must succeed, sent at once. */
    void prepare(List<Object[]> calls) throws IOException {
        calls.forEach(this::send);
        to.flush();
        for (Object[] call : calls) {
            String answer = answerTo(call);
            if (!answer.equals("0")) {
                throw new AssertionError(Arrays.toString(call) + " gave " + answer);
            }
        }
    }

    String ask(Object... words) throws IOException {
        send(words);
        to.flush();
        return answerTo(words);
    }

    private void send(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) {
            line.append(line.isEmpty() ? "" : "\t").append(word);
        }
        to.println(line);
    }

    private String answerTo(Object... line) throws IOException {
        String answer = from.readLine();
        if (answer == null) {
            throw new AssertionError("the oracle is silent about " + Arrays.toString(line));
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        to.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
