package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.AttributeCalls.Access;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.FileType;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.NfsReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;

/** Rule 11: who may do what. The kernel is the oracle: a process of the same user does the same on a twin of the tree. */
final class PermissionRulesIT {
    private static final List<String> DIRECTORIES = List.of("0", "1", "2", "3", "4", "5");
    private static final List<String> FILES = List.of("a", "b", "c");
    private static final int ENOTEMPTY = 39;
    private static final int ELOOP = 40;

    @TempDir
    private Path base;

    private Serving serving;

    @BeforeEach
    void serve() {
        serving = Serving.start(base);
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    @Test
    void rule11TheServerDecidesAsTheKernelDoes() throws IOException {
        // The same steps for every change; another seed for the hunt.
        long seed = Long.getLong("twinshare.seed", 20_261_124L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        makeTrees(random);
        NfsProbe root = serving.client();
        FileHandle tree = root.lookup(serving.root(), "server").ok().handle();
        for (int round = 0; round < 60; round++) {
            long uid = random.nextBoolean() ? 33 : 34;
            List<Long> groups = random.nextBoolean() ? List.of() : List.of(100L, 33L);
            List<String[]> steps = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                steps.add(step(random));
            }
            List<Integer> expected = kernel(uid, groups, steps);
            NfsProbe user = root.as(Credential.of(uid, uid, groups.toArray(Long[]::new)));
            List<Integer> actual = server(user, tree, steps);
            assertThat(actual)
                    .as(
                            "seed %d, round %d, uid %d, groups %s, steps %s",
                            seed,
                            round,
                            uid,
                            groups,
                            steps.stream().map(words -> String.join(" ", words)).toList())
                    .isEqualTo(expected);
        }
        assertThat(listing(serving.real("server"))).as("seed %d", seed).isEqualTo(listing(serving.real("kernel")));
    }

    private void makeTrees(Random random) {
        StringBuilder script = new StringBuilder("umask 0; cd $0\n");
        int[] modes = {0777, 0755, 01777, 02775, 0770, 02777, 0711, 01770};
        int[] owners = {0, 33, 34};
        int[] groups = {0, 33, 100};
        for (String directory : DIRECTORIES) {
            script.append("mkdir %s\n".formatted(directory));
            for (String file : FILES) {
                String path = directory + "/" + file;
                int mode = random.nextInt(01000) | random.nextInt(4) << 10;
                script.append("touch %s; chown %d:%d %s; chmod %o %s%n"
                        .formatted(path, pick(random, owners), pick(random, groups), path, mode, path));
            }
            script.append("chown %d:%d %s; chmod %o %s%n"
                    .formatted(pick(random, owners), pick(random, groups), directory, pick(random, modes), directory));
        }
        for (String tree : List.of("server", "kernel")) {
            String path = serving.real(tree).toString();
            Serving.run("sh", "-c", "mkdir -m 777 $0; " + script, path);
        }
    }

    private static int pick(Random random, int[] values) {
        return values[random.nextInt(values.length)];
    }

    private static String[] step(Random random) {
        String path = DIRECTORIES.get(random.nextInt(DIRECTORIES.size())) + "/" + FILES.get(random.nextInt(3));
        String other = DIRECTORIES.get(random.nextInt(DIRECTORIES.size())) + "/" + FILES.get(random.nextInt(3));
        String mode = Integer.toString(random.nextInt(01000) | random.nextInt(4) << 10);
        return switch (random.nextInt(9)) {
            case 0 -> new String[] {"create", path, mode};
            case 1 -> new String[] {"mkdir", path, Integer.toString(random.nextInt(01000) | 0700)};
            case 2 -> new String[] {"unlink", path};
            case 3 -> new String[] {"rmdir", path};
            case 4, 5 -> new String[] {"rename", path, other};
            case 6 -> new String[] {"chmod", path, mode};
            case 7 ->
                new String[] {
                    "chgrp", path, Integer.toString(List.of(33, 100, 0).get(random.nextInt(3)))
                };
            default -> new String[] {"symlink", path};
        };
    }

    /** What the kernel says to a process of this user: an errno for each step, 0 where it went well. */
    private List<Integer> kernel(long uid, List<Long> groups, List<String[]> steps) throws IOException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid));
        command.add(
                groups.isEmpty()
                        ? "--clear-groups"
                        : "--groups="
                                + String.join(
                                        ",",
                                        groups.stream().map(String::valueOf).toList()));
        command.addAll(List.of("perl", "-e", """
                use Fcntl; use POSIX (); umask 0;
                # Perl's own unlink looks first whether it is a directory, which unlink(2) does last.
                my $arm = (POSIX::uname())[4] eq 'aarch64';
                for (@ARGV) {
                    my ($what, $path, $more) = split / /;
                    my $ok = $what eq 'create' ? sysopen(F, $path, O_CREAT|O_EXCL|O_RDONLY, $more)
                        : $what eq 'mkdir' ? mkdir($path, $more)
                        : $what eq 'unlink' ? !($arm ? syscall(35, -100, $path, 0) : syscall(87, $path))
                        : $what eq 'rmdir' ? rmdir($path)
                        : $what eq 'rename' ? rename($path, $more)
                        : $what eq 'chmod' ? (-l $path ? do { $! = 40; 0 } : chmod($more, $path))
                        : $what eq 'chgrp' ? (-l $path ? do { $! = 40; 0 } : chown(-1, $more, $path))
                        : symlink('target', $path);
                    print $ok ? 0 : $! + 0, "\\n";
                }"""));
        steps.forEach(words -> command.add(String.join(" ", words)));
        Process process = new ProcessBuilder(command)
                .directory(serving.real("kernel").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines().map(Integer::valueOf).toList();
    }

    private static List<Integer> server(NfsProbe client, FileHandle tree, List<String[]> steps) throws IOException {
        List<Integer> results = new ArrayList<>();
        for (String[] words : steps) {
            results.add(errno(client, tree, words));
        }
        return results;
    }

    private static int errno(NfsProbe client, FileHandle tree, String[] words) throws IOException {
        FileHandle directory = directory(client, tree, words[1]);
        String name = words[1].substring(2);
        return switch (words[0]) {
            case "chmod" -> set(client, directory, name, SetAttributes.ofMode(Integer.parseInt(words[2])));
            case "chgrp" -> set(client, directory, name, SetAttributes.NONE.gid(Long.parseLong(words[2])));
            case "create" ->
                number(client.create(directory, name, Integer.parseInt(words[2]))
                        .status());
            case "mkdir" ->
                number(client.mkdir(directory, name, Integer.parseInt(words[2])).status());
            case "unlink" -> number(client.remove(directory, name).status());
            case "rmdir" -> number(client.rmdir(directory, name).status());
            case "rename" ->
                number(client.rename(directory, name, directory(client, tree, words[2]), words[2].substring(2))
                        .status());
            default -> number(client.symlink(directory, name, "target").status());
        };
    }

    private static FileHandle directory(NfsProbe client, FileHandle tree, String path) throws IOException {
        return client.lookup(tree, path.substring(0, 1)).ok().handle();
    }

    /** A symbolic link is left alone, because chmod(2) would follow it. */
    private static int set(NfsProbe client, FileHandle directory, String name, SetAttributes attributes)
            throws IOException {
        NfsReply<NameCalls.Found, ?> found = client.lookup(directory, name);
        if (found.status() != Status.OK) {
            return number(found.status());
        }
        FileHandle object = found.ok().handle();
        boolean link = client.getattr(object).ok().type() == FileType.SYMBOLIC_LINK;
        return link ? ELOOP : number(client.setattr(object, attributes).status());
    }

    private static int number(Status status) {
        return status == Status.NOTEMPTY ? ENOTEMPTY : status.number();
    }

    private static List<String> listing(Path tree) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "find . -printf '%p %m %U:%G %y %l\\n' | sort")
                .directory(tree.toFile())
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    @Test
    void rule11TheOwnerOfAFileReadsAndWritesItWhateverItsMode() throws IOException {
        FileHandle room = serving.room("room");
        NfsProbe owner = serving.client("127.0.0.1", Serving.WWW);
        FileHandle file = owner.create(room, "file", 0).ok().handle().orElseThrow();

        assertThat(owner.write(file, 0, Stability.UNSTABLE, new byte[] {7}).status())
                .isEqualTo(Status.OK);
        assertThat(owner.read(file, 0, 10).ok().data().at(0)).isEqualTo((byte) 7);
        assertThat(owner.as(Credential.of(34, 33)).read(file, 0, 10).status()).isEqualTo(Status.ACCES);
        assertThat(owner.as(Credential.of(34, 33))
                        .write(file, 0, Stability.UNSTABLE, new byte[1])
                        .status())
                .isEqualTo(Status.ACCES);
    }

    @Test
    void rule11WhoMayRunAFileMayReadItsBytes() throws IOException {
        FileHandle room = serving.room("room");
        FileHandle file =
                serving.client().create(room, "program", 0711).ok().handle().orElseThrow();
        NfsProbe other = serving.client("127.0.0.1", Serving.WWW);

        assertThat(other.read(file, 0, 10).status()).isEqualTo(Status.OK);
        assertThat(other.access(file, Access.ALL).ok().granted()).isEqualTo(Access.EXECUTE);
    }

    @Test
    void rule11AccessAnswersWhatIsAllowedAndNeverFailsForDenied() throws IOException {
        FileHandle room = serving.room("room");
        NfsProbe root = serving.client();
        FileHandle secret = root.create(room, "secret", 0600).ok().handle().orElseThrow();
        FileHandle closed = root.mkdir(room, "closed", 0700).ok().handle().orElseThrow();
        NfsProbe other = serving.client("127.0.0.1", Serving.WWW);

        assertThat(other.access(secret, Access.ALL).ok().granted()).isZero();
        assertThat(other.access(closed, Access.ALL).ok().granted()).isZero();
        assertThat(other.access(room, Access.ALL).ok().granted())
                .isEqualTo(Access.READ | Access.LOOKUP | Access.MODIFY | Access.EXTEND | Access.DELETE);
        assertThat(other.access(room, Access.READ).ok().granted()).isEqualTo(Access.READ);
        assertThat(root.access(secret, Access.ALL).ok().granted())
                .isEqualTo(Access.READ | Access.MODIFY | Access.EXTEND);
    }

    @Test
    void rule11APosixAclIsHonoured() throws IOException {
        FileHandle room = serving.room("room");
        FileHandle file =
                serving.client().create(room, "file", 0600).ok().handle().orElseThrow();
        NfsProbe other = serving.client("127.0.0.1", Serving.WWW);
        assertThat(other.read(file, 0, 1).status()).isEqualTo(Status.ACCES);

        Serving.run("setfacl", "-m", "u:33:r", serving.real("room", "file").toString());

        assertThat(other.read(file, 0, 1).status()).isEqualTo(Status.OK);
        assertThat(other.write(file, 0, Stability.UNSTABLE, new byte[1]).status())
                .isEqualTo(Status.ACCES);
        assertThat(other.as(Credential.of(34, 33)).read(file, 0, 1).status()).isEqualTo(Status.ACCES);
    }

    @Test
    void rule11WhatANewFileGetsIsWhatWasAskedForWhateverTheServersMask() throws IOException {
        FileHandle room = serving.room("room");
        NfsProbe other = serving.client("127.0.0.1", Serving.WWW);

        FileHandle file = other.create(room, "file", 0666).ok().handle().orElseThrow();

        assertThat(other.getattr(file).ok())
                .returns(0666, Attributes::mode)
                .returns(33L, Attributes::uid)
                .returns(33L, Attributes::gid);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(serving.real("room", "file"))))
                .isEqualTo("rw-rw-rw-");
    }
}
