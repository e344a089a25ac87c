package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.AttributeCalls;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountProcedure;
import org.twinshare.client.probe.NameCalls;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.XdrWriter;

/** Rules 1 to 5: what RFC 5531 and a lossy network ask for. Rule 6 is with the exports. */
final class RpcRulesIT {
    @TempDir
    private static Path base;

    private static Serving serving;

    @BeforeAll
    static void serve() {
        serving = Serving.start(base);
    }

    @AfterAll
    static void stop() throws IOException {
        serving.close();
    }

    private static RpcCall nfs(int xid) {
        return RpcCall.nfs(xid, Procedure.NULL, new Credential.None(), Bytes.EMPTY);
    }

    @Test
    void rule1OneTcpPortServesNfsAndMountAndThereIsNoUdp() throws IOException {
        RpcConnection connection = serving.client().connection();
        RpcCall mount = RpcCall.mount(2, MountProcedure.NULL, new Credential.None(), Bytes.EMPTY);

        assertThat(connection.call(nfs(1))).isEqualTo(new RpcReply.Success(1, Bytes.EMPTY));
        assertThat(connection.call(mount)).isEqualTo(new RpcReply.Success(2, Bytes.EMPTY));
        assertThat(ownUdpSockets()).isEmpty();
    }

    private static List<String> ownUdpSockets() throws IOException {
        List<String> own = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/udp")));
        lines.addAll(Files.readAllLines(Path.of("/proc/net/udp6")));
        return lines.stream()
                .map(line -> line.trim().split("\\s+", -1))
                .filter(words -> words.length > 9 && own.contains("socket:[" + words[9] + "]"))
                .map(words -> words[1])
                .toList();
    }

    @Test
    void rule2ALengthThatLiesCostsOneErrorReplyAndNoMemory() throws IOException {
        RpcConnection connection = serving.client().connection();
        Bytes hugeHandle =
                Bytes.of(new XdrWriter().putInt(0x7fff_fff0).putInt(1).toArray());

        RpcReply reply = connection.call(RpcCall.nfs(7, Procedure.GETATTR, Serving.ROOT, hugeHandle));

        assertThat(reply).isEqualTo(new RpcReply.GarbageArguments(7));
        assertThat(connection.call(nfs(8))).isInstanceOf(RpcReply.Success.class);
    }

    @Test
    void rule2ARecordLongerThanAnyCallClosesTheConnection() throws IOException {
        RpcConnection connection = serving.client().connection();

        connection.sendRaw(new XdrWriter().putInt(0x8000_0000 | 64 << 20).toArray());

        assertThat(connection.closedByServer()).isTrue();
        assertThat(serving.client().ping().status()).isEqualTo(Status.OK);
    }

    @Test
    void rule3WhatIsNotServedIsRefusedWithTheReasonThatRfc5531Has() throws IOException {
        RpcConnection connection = serving.client().connection();
        RpcCall call = nfs(11);

        assertThat(connection.call(call.withProgram(200_000, 1))).isEqualTo(new RpcReply.ProgramUnavailable(11));
        assertThat(connection.call(call.withProgram(Procedure.PROGRAM, 2)))
                .isEqualTo(new RpcReply.ProgramMismatch(11, 3, 3));
        assertThat(connection.call(call.withProgram(Procedure.PROGRAM, 4)))
                .isEqualTo(new RpcReply.ProgramMismatch(11, 3, 3));
        assertThat(connection.call(call.withProgram(MountProcedure.PROGRAM, 1)))
                .isEqualTo(new RpcReply.ProgramMismatch(11, 3, 3));
        assertThat(connection.call(call.withProcedure(22))).isEqualTo(new RpcReply.ProcedureUnavailable(11));
        assertThat(connection.call(call.withProgram(MountProcedure.PROGRAM, 3).withProcedure(6)))
                .isEqualTo(new RpcReply.ProcedureUnavailable(11));
        assertThat(connection.call(call.withRpcVersion(3))).isEqualTo(new RpcReply.RpcMismatch(11, 2, 2));
    }

    @Test
    void rule3ArgumentsThatEndTooEarlyOrTooLateAreGarbage() throws IOException {
        FileHandle root = serving.root();
        RpcConnection connection = serving.client().connection();
        byte[] handle = root.bytes().toArray();
        RpcCall getattr = RpcCall.nfs(21, Procedure.GETATTR, Serving.ROOT, Bytes.EMPTY);

        for (Procedure procedure : Procedure.values()) {
            RpcCall call = getattr.withProcedure(procedure.number());
            Bytes trailing = Bytes.of(
                    new XdrWriter().putOpaque(handle).putRaw(new byte[400]).toArray());
            if (procedure != Procedure.NULL) {
                assertThat(connection.call(call))
                        .as("%s without arguments", procedure)
                        .isEqualTo(new RpcReply.GarbageArguments(21));
            }
            assertThat(connection.call(call.withArguments(trailing)))
                    .as("%s with trailing bytes", procedure)
                    .isEqualTo(new RpcReply.GarbageArguments(21));
        }
    }

    @Test
    void rule4RepliesToManyCallsOverManyConnectionsAllComeInWhateverFragments() throws IOException {
        FileHandle root = serving.root();
        try (NfsProbe first = serving.client();
                NfsProbe second = first.again()) {
            List<Integer> xids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                xids.add((i % 2 == 0 ? first : second).send(AttributeCalls.getattr(root)));
            }
            for (int i = 99; i >= 0; i--) {
                assertThat((i % 2 == 0 ? first : second).connection().receive(xids.get(i)))
                        .isInstanceOf(RpcReply.Success.class);
            }
            byte[] record = nfs(4).toRecord();
            int[] single = new int[record.length - 1];
            java.util.Arrays.fill(single, 1);
            first.connection().sendFragments(record, single);
            assertThat(first.connection().receive(4)).isInstanceOf(RpcReply.Success.class);
        }
    }

    @Test
    void rule5ARetransmittedCallIsAnsweredAgainAndNotDoneAgain() throws IOException {
        FileHandle room = serving.room("rule5");
        NfsProbe client = serving.client().withXid(0x5005);
        client.create(room, "file", 0600).ok();
        byte[] first = rawReply(client, NameCalls.remove(room, Bytes.of("file")));

        byte[] sameConnection = rawReply(client, NameCalls.remove(room, Bytes.of("file")));
        byte[] otherConnection = rawReply(client.again().withXid(0x5005), NameCalls.remove(room, Bytes.of("file")));

        assertThat(sameConnection).isEqualTo(first);
        assertThat(otherConnection).isEqualTo(first);
        assertThat(serving.client().remove(room, "file").status()).isEqualTo(Status.NOENT);
    }

    private static byte[] rawReply(NfsProbe client, org.twinshare.client.probe.NfsCall<?, ?> call) throws IOException {
        client.send(call);
        return client.connection().receiveRecord();
    }

    @Test
    void rule5TheSameXidWithOtherArgumentsOrFromAnotherAddressIsAnotherCall() throws IOException {
        FileHandle room = serving.room("rule5b");
        NfsProbe client = serving.client().withXid(0x5006);
        CreateCalls.How guarded = new CreateCalls.How.Guarded(SetAttributes.ofMode(0600));

        client.create(room, "one", guarded).ok();

        assertThat(client.create(room, "two", guarded).status()).isEqualTo(Status.OK);
        assertThat(client.create(room, "one", guarded).status()).isEqualTo(Status.OK);
        assertThat(serving.client("127.0.0.9", Serving.ROOT)
                        .withXid(0x5006)
                        .create(room, "one", guarded)
                        .status())
                .isEqualTo(Status.EXIST);
    }
}
