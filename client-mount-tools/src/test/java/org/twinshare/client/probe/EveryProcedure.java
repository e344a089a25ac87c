package org.twinshare.client.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Calls all 22 NFSv3 procedures and all six of MOUNT on a real server and checks what they give. Run in a process of its
 * own, inside the server's network namespace, with host, NFS port, MOUNT port and path as arguments.
 */
public final class EveryProcedure {
    private static final String NAME = "caf\u00e9 \n";

    private final NfsProbe probe;
    private final FileHandle directory;

    private EveryProcedure(NfsProbe probe, FileHandle directory) {
        this.probe = probe;
        this.directory = directory;
    }

    public static void main(String... arguments) throws IOException {
        Target target = Target.at(arguments[0], Integer.parseInt(arguments[1]))
                .mountPort(Integer.parseInt(arguments[2]))
                .from("127.0.0.7")
                .as(Credential.of(65534, 65534));
        String export = arguments[3];
        try (NfsProbe probe = NfsProbe.connect(target)) {
            assertThat(probe.connection().localAddress().getAddress().getHostAddress())
                    .isEqualTo("127.0.0.7");
            assertThat(probe.connection().localAddress().getPort()).isLessThan(1024);
            mountService(probe, export);
            FileHandle root = probe.mount(export).ok();
            FileHandle directory =
                    probe.mkdir(root, "every", 0755).ok().handle().orElseThrow();
            EveryProcedure every = new EveryProcedure(probe, directory);
            every.attributes();
            every.names();
            every.data();
            every.listings();
            every.remoteProcedureCalls();
            probe.rmdir(root, "every").ok();
        }
    }

    private static void mountService(NfsProbe probe, String export) throws IOException {
        try (MountProbe mounts = probe.mounts()) {
            mounts.ping();
            assertThat(mounts.mount(Bytes.of("/no/such")).status()).isIn(MountStatus.NOENT, MountStatus.ACCES);
            mounts.mount(Bytes.of(export)).ok();
            assertThat(mounts.exports())
                    .extracting(each -> each.directory().toString())
                    .contains(export);
            mounts.dump();
            mounts.unmount(Bytes.of(export));
            mounts.unmountAll();
        }
    }

    private void attributes() throws IOException {
        probe.ping().ok();
        Attributes before = probe.getattr(directory).ok();
        assertThat(before.type()).isEqualTo(FileType.DIRECTORY);
        assertThat(before.mode()).isEqualTo(0755);
        assertThat(before.uid()).isEqualTo(65534);
        WccData changed = probe.setattr(directory, SetAttributes.ofMode(0700), before.changed())
                .ok();
        assertThat(changed.after()).get().extracting(Attributes::mode).isEqualTo(0700);
        assertThat(probe.setattr(directory, SetAttributes.ofMode(0755), new Timestamp(1, 1))
                        .status())
                .isEqualTo(Status.NOT_SYNC);
        assertThat(probe.access(directory, AttributeCalls.Access.ALL).ok().granted() & AttributeCalls.Access.LOOKUP)
                .isNotZero();
        assertThat(probe.as(Credential.of(1000, 1000))
                        .access(directory, AttributeCalls.Access.ALL)
                        .ok()
                        .granted())
                .isZero();
        assertThat(probe.fsstat(directory).ok().totalBytes()).isPositive();
        assertThat(probe.fsinfo(directory).ok().writeMaximum()).isPositive();
        assertThat(probe.pathconf(directory).ok().nameMaximumBytes()).isGreaterThanOrEqualTo(255);
        FileHandle wrong = new FileHandle(Bytes.of(new byte[7]));
        assertThat(probe.getattr(wrong).status()).isIn(Status.BADHANDLE, Status.STALE);
    }

    private void names() throws IOException {
        Bytes latin = Bytes.ofHex("e9");
        probe.create(directory, latin, new CreateCalls.How.Unchecked(SetAttributes.NONE))
                .ok();
        FileHandle file = probe.create(directory, NAME, 0640).ok().handle().orElseThrow();
        assertThat(probe.create(directory, NAME, 0640).status()).isEqualTo(Status.EXIST);
        assertThat(probe.lookup(directory, NAME).ok().handle()).isEqualTo(file);
        assertThat(probe.lookup(directory, "absent").failure()).isPresent();
        assertThat(probe.link(file, directory, "second").ok().attributes())
                .get()
                .extracting(Attributes::links)
                .isEqualTo(2L);
        FileHandle link =
                probe.symlink(directory, "link", "to/" + NAME).ok().handle().orElseThrow();
        assertThat(probe.readlink(link).ok().text()).isEqualTo(Bytes.of("to/" + NAME));
        probe.mknod(directory, "fifo", new CreateCalls.Node.Fifo(SetAttributes.ofMode(0600)))
                .ok();
        probe.mknod(directory, "socket", new CreateCalls.Node.Socket(SetAttributes.ofMode(0600)))
                .ok();
        assertThat(probe.mknod(directory, "no", new CreateCalls.Node.Other(FileType.REGULAR))
                        .status())
                .isEqualTo(Status.BADTYPE);
        FileHandle inner = probe.mkdir(directory, "inner", 0755).ok().handle().orElseThrow();
        NameCalls.Renamed renamed =
                probe.rename(directory, "second", inner, "moved").ok();
        assertThat(renamed.to().after()).isPresent();
        probe.remove(inner, "moved").ok();
        probe.rmdir(directory, "inner").ok();
        assertThat(probe.rmdir(directory, "inner").status()).isEqualTo(Status.NOENT);
        for (String each : List.of("link", "fifo", "socket", NAME)) {
            probe.remove(directory, each).ok();
        }
        probe.remove(directory, latin).ok();
    }

    private void data() throws IOException {
        CreateCalls.How.Exclusive exclusive = new CreateCalls.How.Exclusive(0x0123456789abcdefL);
        FileHandle file = probe.create(directory, Bytes.of("data"), exclusive)
                .ok()
                .handle()
                .orElseThrow();
        probe.create(directory, Bytes.of("data"), exclusive).ok();
        probe.setattr(file, SetAttributes.ofMode(0600)).ok();
        byte[] content = new byte[100_001];
        Arrays.fill(content, (byte) 'x');
        DataCalls.Written written =
                probe.write(file, 5, Stability.UNSTABLE, content).ok();
        assertThat(written.countBytes()).isEqualTo(content.length);
        assertThat(probe.commit(file, 0, 0).ok().verifier()).isEqualTo(written.verifier());
        DataCalls.Read read = probe.read(file, 0, 6).ok();
        assertThat(read.data()).isEqualTo(Bytes.ofHex("00 00 00 00 00 78"));
        assertThat(read.atEnd()).isFalse();
        assertThat(probe.read(file, 100_000, 100).ok())
                .returns(6, DataCalls.Read::countBytes)
                .returns(true, DataCalls.Read::atEnd);
        assertThat(probe.write(file, 0, Stability.FILE_SYNC, new byte[1]).ok().committed())
                .isEqualTo(Stability.FILE_SYNC);
        probe.remove(directory, "data").ok();
    }

    private void listings() throws IOException {
        List<NfsCall<CreateCalls.Created, WccData>> creates = names(500)
                .map(name -> CreateCalls.create(directory, name, new CreateCalls.How.Unchecked(SetAttributes.NONE)))
                .toList();
        assertThat(probe.callAll(creates, 16))
                .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(Status.OK));
        List<Bytes> listed = probe.list(directory).stream()
                .filter(entry ->
                        !entry.name().equals(Bytes.of(".")) && !entry.name().equals(Bytes.of("..")))
                .peek(entry -> assertThat(entry.handle()).isPresent())
                .map(ListCalls.EntryPlus::name)
                .toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names(500).collect(Collectors.toList()));
        ListCalls.Page<ListCalls.Entry> page =
                probe.readdir(directory, 0, 0, 1024).ok();
        assertThat(page.last()).isFalse();
        assertThat(page.entries()).isNotEmpty();
        probe.callAll(names(500).map(name -> NameCalls.remove(directory, name)).toList(), 16);
    }

    private static Stream<Bytes> names(int count) {
        return IntStream.range(0, count).mapToObj(each -> Bytes.of("entry" + each));
    }

    private void remoteProcedureCalls() throws IOException {
        RpcConnection connection = probe.connection();
        RpcCall honest = RpcCall.nfs(77, Procedure.NULL, new Credential.None(), Bytes.EMPTY);
        assertThat(connection.call(honest)).isEqualTo(new RpcReply.Success(77, Bytes.EMPTY));
        connection.sendFragments(honest.toRecord(), 20, 8);
        assertThat(connection.receive(77)).isInstanceOf(RpcReply.Success.class);
        assertThat(connection.call(honest.withProgram(Procedure.PROGRAM, 9)))
                .isEqualTo(new RpcReply.ProgramMismatch(77, 3, 3));
        assertThat(connection.call(honest.withProcedure(22))).isEqualTo(new RpcReply.ProcedureUnavailable(77));
        // Not a changing call: Ganesha leaves one unanswered that comes again while it still keeps the first answer.
        NfsProbe same = probe.withXid(4711);
        assertThat(same.getattr(directory).ok())
                .isEqualTo(same.getattr(directory).ok());
    }
}
