package org.twinshare.fileserver.lab;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A network of its own with a server in it and web nodes that are real Linux kernels (User Mode Linux). Nothing of it is
 * left when it is closed, and no packet leaves it.
 */
public final class Lab implements AutoCloseable {
    /** Address of the server, which is the bridge's. */
    public static final String SERVER = "10.213.77.1";

    /** The program that boots nodes and runs programs on them. */
    public static final Path SCRIPT =
            Path.of("src/test/linux-client/linux-client").toAbsolutePath();

    private static final Duration BOOT = Duration.ofMinutes(3);

    private final String namespace = "tw" + ProcessHandle.current().pid();
    private final Path directory;
    private final Map<String, String> environment;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private Lab(Path directory) {
        this.directory = directory;
        this.environment =
                Map.of("LINUX_CLIENT_STATE", directory.resolve("clients").toString());
    }

    /** Opens a lab; the test is skipped, and says why, where it cannot be. */
    public static Lab open() {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "a network namespace and a tap device need root");
        Assumptions.assumeTrue(
                Stream.of("/usr/bin/linux.uml", "/sbin/mount.nfs", "/dev/net/tun")
                        .allMatch(file -> Files.exists(Path.of(file))),
                "user-mode-linux, nfs-common and /dev/net/tun are needed; ./test installs them");
        try {
            Path directory = Files.createTempDirectory("twinshare-lab");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            Lab lab = new Lab(directory);
            lab.script("net", "up").orFail();
            return lab;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A new directory below the lab's, which anybody may write in. */
    public Path directory(String name) {
        try {
            Path made = Files.createDirectories(directory.resolve(name));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
            return made;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String namespace() {
        return namespace;
    }

    Shell.Result script(String... arguments) {
        return script(BOOT, arguments);
    }

    Shell.Result script(Duration atMost, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        int words = arguments[0].equals("net") ? 2 : 1;
        command.addAll(Arrays.asList(arguments).subList(0, words));
        command.addAll(List.of("--netns", namespace));
        command.addAll(Arrays.asList(arguments).subList(words, arguments.length));
        return Shell.run(environment, atMost, command);
    }

    /** What runs a program in the lab's network. */
    private List<String> inside() {
        return List.of("ip", "netns", "exec", namespace);
    }

    /** The command line of a main class of ours or of the tests, with the settings of the launcher. */
    static List<String> java(String mainClass, List<String> words) {
        return java(System.getProperty("java.class.path"), mainClass, words);
    }

    static List<String> java(String classPath, String mainClass, List<String> words) {
        List<String> options = List.of(
                "-Xms48m",
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djdk.virtualThreadScheduler.parallelism=4",
                "-Djdk.virtualThreadScheduler.maxPoolSize=64");
        return JavaCommand.of(options, classPath, mainClass, words);
    }

    /** Starts the server with these arguments behind {@code serve}. */
    public LabServer serve(String... arguments) {
        return serveWith("state", arguments);
    }

    /** Starts a server with a state directory of its own. */
    public LabServer serveWith(String state, String... arguments) {
        return start(new LabServer(this, state, inside(), System.getProperty("java.class.path"), List.of(arguments)));
    }

    /** Joins one more machine to the network, with an address of its own; returns its network namespace. */
    public String machine(String name, String address) {
        String machine = namespace + name;
        script("net", "attach", machine, address).orFail();
        return machine;
    }

    /** Name of a machine's network interface. */
    public static String linkOf(String machine) {
        String links = Shell.run("ip", "-n", machine, "-brief", "link", "show", "type", "veth")
                .orFail();
        return links.substring(0, links.indexOf('@'));
    }

    /** A server on a machine of the network, which is not started yet. */
    public LabServer serverOn(String machine, String state, String... arguments) {
        LabServer server = new LabServer(
                this,
                state,
                List.of("ip", "netns", "exec", machine),
                System.getProperty("java.class.path"),
                List.of(arguments));
        opened.add(server);
        return server;
    }

    /** Starts it as another user than root, from a copy of the build that this user may read. */
    public LabServer serveAs(int uid, String state, String... arguments) {
        List<String> prefix = new ArrayList<>(inside());
        prefix.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
        return start(new LabServer(this, state, prefix, readableClassPath(), List.of(arguments)));
    }

    private LabServer start(LabServer server) {
        opened.add(server);
        server.start();
        return server;
    }

    private String readableClassPath() {
        Path copy = directory("program");
        List<String> copies = new ArrayList<>();
        // Under Maven the class path itself is one jar that names the others.
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : Splitter.on(':').omitEmptyStrings().split(all)) {
            String name = copies.size() + "-" + Path.of(entry).getFileName();
            Shell.run("cp", "-r", entry, copy.resolve(name).toString()).orFail();
            copies.add(copy.resolve(name).toString());
        }
        Shell.run("chmod", "-R", "a+rX", copy.toString()).orFail();
        return String.join(":", copies);
    }

    /** Starts a main class of the tests in the lab's network, which is then told what to do. */
    public LabProgram program(Class<?> main, String... arguments) {
        return program(List.of(), main, arguments);
    }

    /** The same, with a file in place of {@code /etc/hosts}. */
    public LabProgram programWith(Path hosts, Class<?> main, String... arguments) {
        String script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
        return program(List.of("unshare", "--mount", "sh", "-c", script, hosts.toString()), main, arguments);
    }

    private LabProgram program(List<String> prefix, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(inside());
        command.addAll(prefix);
        command.addAll(java(main.getName(), List.of(arguments)));
        LabProgram program = LabProgram.start(environment, command);
        opened.add(program);
        return program;
    }

    /** Runs a program of the system in the lab's network. */
    public Shell.Result inNetwork(String... words) {
        return inNetwork(Duration.ofMinutes(1), List.of(words));
    }

    Shell.Result inNetwork(Duration atMost, List<String> words) {
        List<String> command = new ArrayList<>(inside());
        command.addAll(words);
        return Shell.run(Map.of(), atMost, command);
    }

    /** Starts a main class in the lab's network that goes on until the lab is closed; what it says is in the file. */
    public Process runs(Path log, String mainClass, String... words) {
        List<String> command = new ArrayList<>(inside());
        command.addAll(java(mainClass, List.of(words)));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            opened.add(process::destroyForcibly);
            return process;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Boots a node; its options are those of the linux-client script. */
    public LabClient boot(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("start", name, "--lifetime", "1200"));
        words.addAll(List.of(options));
        script(words.toArray(String[]::new)).orFail();
        LabClient client = new LabClient(this, name);
        opened.add(client);
        return client;
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        script("net", "down");
        Shell.run(environment, BOOT, List.of(SCRIPT.toString(), "cleanup"));
        Shell.run("rm", "-rf", directory.toString());
    }
}
