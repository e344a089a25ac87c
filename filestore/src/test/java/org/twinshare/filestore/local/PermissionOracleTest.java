package org.twinshare.filestore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.twinshare.filestore.Access;
import org.twinshare.filestore.Attributes;
import org.twinshare.filestore.Caller;
import org.twinshare.filestore.Errno;
import org.twinshare.filestore.ErrnoException;
import org.twinshare.filestore.FileTree;
import org.twinshare.filestore.FileType;
import org.twinshare.filestore.Name;
import org.twinshare.filestore.Operation;
import org.twinshare.filestore.SetAttributes;
import org.twinshare.filestore.SetAttributes.SetTime;
import org.twinshare.filestore.Stability;

/**
 * Rule 11: what a caller may do is what Linux lets a process of that identity do. Generated cases are carried out twice: by
 * the tree, and by such a process in a twin directory. What is meant to be different: the owner of a file reads, writes and
 * truncates it whatever its mode, and whoever may execute a file may read it (RFC 1813 section 4.4). Names lead through
 * directories, but an object operation reaches its object by its handle, so its oracle has it in a directory open to all.
 * A link to another's file is not refused for fs.protected_hardlinks, which is the rule of the client's system call.
 */
class PermissionOracleTest {
    private static final int CASES = 1000;
    private static final int[] UIDS = {0, 1001, 1002, 1003};
    private static final int[] GIDS = {0, 2001, 2002, 2003};
    private static final int[] DIRECTORY_MODES = {
        0777, 0755, 0700, 0770, 0775, 0750, 01777, 01775, 02777, 02775, 03777, 0711, 0733, 0555, 0444, 0222, 0, 05777
    };
    private static final int[] FILE_MODES = {
        0644, 0600, 0666, 0777, 0755, 04755, 02755, 06755, 06777, 02644, 02666, 02676, 04644, 0, 0111, 0444, 0222, 01644
    };
    private static final int[] MADE_MODES = {0644, 0600, 0777, 0755, 01777, 0, 0666};

    @RegisterExtension
    final TestTree fixture = new TestTree(LocalTree.Limits.DEFAULT, false);

    /** A change is judged by the same cases as the one before it; the hunt for others is a run with another seed. */
    private final long seed = Long.getLong("twinshare.seed", 7643939071267L);

    private final Random random = new Random(seed);
    private final List<Oracle> oracles = new ArrayList<>();
    /** One example of each kind. */
    private final Map<String, String> differences = new TreeMap<>();

    private Caller[] callers = {};

    private int one(int... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean sometimes() {
        return random.nextInt(3) == 0;
    }

    @Test
    void theTreeDecidesAsTheKernelDoes() throws Exception {
        System.err.println("PermissionOracleTest seed " + seed + " (-Dtwinshare.seed)");
        Path twin = Files.createDirectory(fixture.base.resolve("twin"));
        callers = new Caller[] {
            new Caller(fixture.root, 0, 0, new int[0], true),
            new Caller(fixture.root, 1001, 2001, new int[] {2002}, true),
            new Caller(fixture.root, 1002, 2002, new int[0], true),
            new Caller(fixture.root, 1003, 2003, new int[] {2001, 2002}, true)
        };
        try (Oracle ours = new Oracle(callers[0], fixture.export())) {
            for (Caller caller : callers) {
                oracles.add(new Oracle(caller, twin));
            }
            for (int i = 0; i < CASES; i++) {
                List<Object[]> setup = setup("c" + i);
                ours.prepare(setup);
                oracles.get(0).prepare(setup);
                check("c" + i, setup, ours);
            }
            assertThat(differences.values()).as("%s", differences.keySet()).isEmpty();
        } finally {
            for (Oracle oracle : oracles) {
                oracle.close();
            }
        }
    }

    /** A case: two directories p and q with something in them, and an object o. */
    private List<Object[]> setup(String at) {
        List<Object[]> steps = new ArrayList<>();
        steps.add(new Object[] {"mkdir", at, "755"});
        for (String directory : new String[] {"/p", "/q"}) {
            steps.add(new Object[] {"mkdir", at + directory, "700"});
            something(steps, at + directory + "/x", true);
            if (sometimes()) {
                something(steps, at + directory + "/y", true);
            }
            dress(steps, at + directory, DIRECTORY_MODES, true);
        }
        something(steps, at + "/o", false);
        return steps;
    }

    private void something(List<Object[]> steps, String path, boolean withLinks) {
        int kind = random.nextInt(withLinks ? 5 : 4);
        if (kind < 2) {
            steps.add(new Object[] {"fill", path});
            dress(steps, path, FILE_MODES, false);
        } else if (kind < 4) {
            steps.add(new Object[] {"mkdir", path, "700"});
            if (random.nextInt(4) == 0) {
                steps.add(new Object[] {"fill", path + "/inside"});
            }
            dress(steps, path, DIRECTORY_MODES, true);
        } else {
            steps.add(new Object[] {"symlink", path});
        }
    }

    private void dress(List<Object[]> steps, String path, int[] modes, boolean directory) {
        steps.add(new Object[] {"chown", path, one(UIDS), one(GIDS)});
        steps.add(new Object[] {"chmod", path, Integer.toOctalString(one(modes))});
        if (sometimes()) {
            steps.add(new Object[] {"setacl", path, Acl.ACCESS, acl()});
        }
        if (directory && sometimes()) {
            steps.add(new Object[] {"setacl", path, Acl.DEFAULT, acl()});
        }
    }

    /** A random ACL as linux/posix_acl_xattr.h lays it out: tag, rights and id, the numbers little-endian. */
    private String acl() {
        StringBuilder hex = new StringBuilder("02000000");
        hex.append(entry(0x01, -1));
        boolean extended = random.nextInt(4) != 0;
        if (extended && random.nextBoolean()) {
            hex.append(entry(0x02, 1001));
        }
        if (extended && random.nextBoolean()) {
            hex.append(entry(0x02, 1002));
        }
        hex.append(entry(0x04, -1));
        if (extended && random.nextBoolean()) {
            hex.append(entry(0x08, 2001));
        }
        if (extended && random.nextBoolean()) {
            hex.append(entry(0x08, 2002));
        }
        if (extended) {
            hex.append(entry(0x10, -1));
        }
        return hex.append(entry(0x20, -1)).toString();
    }

    private String entry(int tag, int id) {
        return String.format("%02x00%02x00%08x", tag, one(7, 7, 6, 5, 4, 3, 0), Integer.reverseBytes(id));
    }

    private void check(String at, List<Object[]> setup, Oracle ours) throws Exception {
        int who = random.nextInt(callers.length);
        Caller caller = callers[who];
        Oracle oracle = oracles.get(who);
        Step step = step(at, caller);
        int expected = oracle.call(step.system);
        int actual = step.tree.errno();
        if (step.leniently(expected, actual)) {
            return;
        }
        String context = String.format(
                "seed %d, uid %d gid %d: %s\n%s",
                seed,
                caller.uid(),
                caller.gid(),
                Arrays.toString(step.system),
                setup.stream().map(Arrays::toString).toList());
        Object[] places = {"show", at + "/p", at + "/q", at + "/o"};
        String result = oracles.get(0).ask(places);
        String ourResult = ours.ask(places);
        if (actual != expected) {
            differences.putIfAbsent(
                    step.system[0] + " gives " + actual + " instead of " + expected, context + "\n" + result);
        } else if (!ourResult.equals(result)) {
            differences.putIfAbsent(
                    step.system[0] + " differs in its result",
                    context + "\nours   " + ourResult + "\nkernel " + result);
        }
    }

    /** A call on the tree, as the number of its error. */
    private interface TreeCall {
        int errno() throws Exception;
    }

    /** The same step for both, and whether a difference is meant. */
    private record Step(Object[] system, TreeCall tree, Allowed allowed) {
        boolean leniently(int expected, int actual) {
            boolean directory = actual == Errno.EISDIR.number() && expected == Errno.EACCES.number();
            return directory && system[0].equals("read") || expected != 0 && actual == 0 && allowed.moreThanLinux();
        }
    }

    private interface Allowed {
        boolean moreThanLinux();
    }

    private Step step(String at, Caller caller) throws Exception {
        long directory = fixture.lookup(at).id();
        return random.nextBoolean() ? nameStep(at, directory, caller) : objectStep(at, directory, caller);
    }

    private int errno(Operation operation) {
        var error = fixture.errorOf(operation);
        return error == null ? 0 : error.number();
    }

    private Step step(Operation operation, Object... system) {
        return new Step(system, () -> errno(operation), () -> false);
    }

    private Step nameStep(String at, long directory, Caller caller) throws Exception {
        long p = fixture.lookup(directory, "p").id();
        long q = fixture.lookup(directory, "q").id();
        String chosen = random.nextInt(4) == 0 ? "n" : "x";
        String other = random.nextInt(3) == 0 ? "n" : "y";
        Name name = Name.of(chosen);
        String path = at + "/p/" + chosen;
        int mode = one(MADE_MODES);
        String octal = Integer.toOctalString(mode);
        return switch (random.nextInt(11)) {
            case 0 -> create(caller, p, name, path);
            case 1 -> step(new Operation.MakeDirectory(caller, p, name, TestTree.mode(mode)), "mkdir", path, octal);
            case 2 ->
                step(
                        new Operation.MakeSymlink(caller, p, name, SetAttributes.NOTHING, new byte[] {'t'}),
                        "symlink",
                        path);
            case 3 ->
                step(
                        new Operation.MakeNode(caller, p, name, FileType.FIFO, TestTree.mode(mode), 0),
                        "mkfifo",
                        path,
                        octal);
            case 4 -> step(new Operation.Remove(caller, p, name), "unlink", path);
            case 5 -> step(new Operation.RemoveDirectory(caller, p, name), "rmdir", path);
            case 6, 7 ->
                step(new Operation.Rename(caller, p, name, q, Name.of(other)), "rename", path, at + "/q/" + other);
            case 8 ->
                step(new Operation.Rename(caller, p, name, p, Name.of(other)), "rename", path, at + "/p/" + other);
            case 9 ->
                new Step(
                        new Object[] {"lookup", path},
                        () -> errno(() -> fixture.tree.lookup(caller, p, name)),
                        () -> false);
            default ->
                new Step(
                        new Object[] {"list", at + "/p"},
                        () -> errno(() -> fixture.tree.list(
                                caller, p, 0, false, (cookie, id, names, offset, length, attributes) -> false)),
                        () -> false);
        };
    }

    private Step create(Caller caller, long directory, Name name, String path) {
        int mode = one(FILE_MODES);
        return step(
                new Operation.Create(caller, directory, name, Operation.CreateMode.GUARDED, TestTree.mode(mode), 0),
                "create",
                path,
                Integer.toOctalString(mode));
    }

    private interface Look {
        Object look() throws ErrnoException;
    }

    private static int errno(Look look) {
        try {
            Object unusedAnswer = look.look();
            return 0;
        } catch (ErrnoException e) {
            return e.errno().number();
        }
    }

    private Step objectStep(String at, long directory, Caller caller) throws Exception {
        Attributes object = fixture.lookup(directory, "o");
        long id = object.id();
        String path = at + "/o";
        boolean owner = caller.uid() == object.uid();
        boolean executes = (fixture.tree.access(caller, id, Access.EXECUTE).bits() & Access.EXECUTE) != 0;
        int mode = one(FILE_MODES);
        int uid = one(-1, object.uid(), 1001, 1002);
        int gid = one(object.gid(), 2001, 2002, 2003);
        long size = random.nextInt(5);
        SetTime now = new SetTime.ServerTime();
        return switch (random.nextInt(9)) {
            case 0 -> set(caller, id, TestTree.mode(mode), "chmod", path, Integer.toOctalString(mode));
            case 1, 2 ->
                set(
                        caller,
                        id,
                        new SetAttributes(null, uid < 0 ? null : uid, gid, null, null, null),
                        "chown",
                        path,
                        uid,
                        gid);
            case 3 ->
                new Step(
                        new Object[] {"truncate", path, size},
                        () -> errno(new Operation.SetAttr(caller, id, TestTree.size(size), null)),
                        () -> owner);
            case 4 ->
                new Step(
                        new Object[] {"write", path},
                        () -> errno(TestTree.writing(caller, id, 0, "z", Stability.UNSTABLE)),
                        () -> owner);
            case 5 ->
                new Step(
                        new Object[] {"read", path},
                        () -> errno(() -> fixture.tree.read(caller, id, 0, ByteBuffer.allocateDirect(1))),
                        () -> owner || executes);
            case 6 -> set(caller, id, new SetAttributes(null, null, null, null, now, now), "touch", path);
            case 7 -> {
                SetTime five = new SetTime.ClientTime(5_000_000_000L);
                SetTime six = new SetTime.ClientTime(6_000_000_000L);
                yield set(caller, id, new SetAttributes(null, null, null, null, five, six), "utime", path);
            }
            default -> access(caller, object, path);
        };
    }

    private Step set(Caller caller, long id, SetAttributes wanted, Object... system) {
        return step(new Operation.SetAttr(caller, id, wanted, null), system);
    }

    /** access(2) of one right; ACCESS speaks of changing a directory, which needs two. */
    private Step access(Caller caller, Attributes object, String path) {
        boolean directory = object.isDirectory();
        int right = one(4, 2, 1, 3);
        int bits = switch (right) {
            case 4 -> Access.READ;
            case 1 -> directory ? Access.LOOKUP : Access.EXECUTE;
            case 2 -> directory ? 0 : Access.MODIFY | Access.EXTEND;
            default -> directory ? Access.MODIFY | Access.EXTEND | Access.DELETE : Access.MODIFY | Access.EXECUTE;
        };
        return new Step(
                new Object[] {"may", path, directory && right == 2 ? 3 : right},
                () -> {
                    int wanted = bits == 0 ? Access.MODIFY : bits;
                    FileTree.Granted granted = fixture.tree.access(caller, object.id(), wanted);
                    return granted.bits() == wanted ? 0 : Errno.EACCES.number();
                },
                () -> false);
    }
}
