package org.twinshare.client.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes are written down by hand from RFC 5531 and RFC 1813, never copied from what the encoder gave. */
class CallEncodingTest {
    private static final FileHandle HANDLE = new FileHandle(Bytes.ofHex("0a0b0c"));
    private static final String HANDLE_XDR = "00000003" + "0a0b0c00";
    private static final String NO_ATTRIBUTES = "00000000".repeat(6);
    private static final String MODE_0644 = "00000001" + "000001a4" + "00000000".repeat(5);

    @Test
    void beginsACallWithItsHeaderAndCredential() {
        Credential credential = new Credential.Sys(5, Bytes.of("web1"), 33, 34, List.of(35L, 36L));
        RpcCall call = RpcCall.nfs(0x11223344, Procedure.LOOKUP, credential, Bytes.ofHex("cafe0000"));

        assertThat(Bytes.of(call.toRecord()).toHex())
                .isEqualTo(
                        "11223344" // xid
                                + "00000000" // CALL
                                + "00000002" // RPC version
                                + "000186a3" // program 100003
                                + "00000003" // version
                                + "00000003" // LOOKUP
                                + "00000001" // AUTH_SYS
                                + "00000020" // body of 32 bytes
                                + "00000005" // stamp
                                + "00000004" + "77656231" // web1
                                + "00000021" + "00000022" // uid, gid
                                + "00000002" + "00000023" + "00000024" // gids
                                + "00000000" + "00000000" // verifier: AUTH_NONE, empty
                                + "cafe0000");
    }

    @Test
    void canSendNoCredentialAndAWrongOne() {
        RpcCall none = RpcCall.mount(1, MountProcedure.EXPORT, new Credential.None(), Bytes.EMPTY);
        RpcCall wrong = RpcCall.nfs(1, Procedure.NULL, new Credential.Raw(6, Bytes.ofHex("01")), Bytes.EMPTY)
                .withRpcVersion(3)
                .withProgram(7, 8)
                .withProcedure(9);

        assertThat(Bytes.of(none.toRecord()).toHex())
                .isEqualTo("00000001" + "00000000" + "00000002" + "000186a5" + "00000003" + "00000005"
                        + "00000000".repeat(4));
        assertThat(Bytes.of(wrong.toRecord()).toHex())
                .isEqualTo("00000001" + "00000000" + "00000003" + "00000007" + "00000008" + "00000009" + "00000006"
                        + "00000001" + "01000000" + "00000000" + "00000000");
    }

    @Test
    void encodesCallsAboutOneObject() {
        assertArguments(AttributeCalls.ping(), "");
        assertArguments(AttributeCalls.getattr(HANDLE), HANDLE_XDR);
        assertArguments(AttributeCalls.access(HANDLE, 0x3f), HANDLE_XDR + "0000003f");
        assertArguments(NameCalls.readlink(HANDLE), HANDLE_XDR);
        assertArguments(AttributeCalls.fsstat(HANDLE), HANDLE_XDR);
        assertArguments(AttributeCalls.fsinfo(HANDLE), HANDLE_XDR);
        assertArguments(AttributeCalls.pathconf(HANDLE), HANDLE_XDR);
    }

    @Test
    void encodesEveryAttributeThatIsSetAndTheGuard() {
        SetAttributes all = SetAttributes.ofMode(0644)
                .owner(1, 4_294_967_294L)
                .size(0x100000000L)
                .times(new SetAttributes.Time.OfServer(), new SetAttributes.Time.OfClient(new Timestamp(6, 7)));

        assertArguments(
                AttributeCalls.setattr(HANDLE, all, Optional.of(new Timestamp(8, 9))),
                HANDLE_XDR
                        + "00000001" + "000001a4" // mode
                        + "00000001" + "00000001" // uid
                        + "00000001" + "fffffffe" // gid
                        + "00000001" + "0000000100000000" // size
                        + "00000001" // atime: of the server
                        + "00000002" + "00000006" + "00000007" // mtime: of the client
                        + "00000001" + "00000008" + "00000009"); // guard
        assertArguments(
                AttributeCalls.setattr(HANDLE, SetAttributes.NONE, Optional.empty()),
                HANDLE_XDR + NO_ATTRIBUTES + "00000000");
    }

    @Test
    void encodesCallsAboutNames() {
        Bytes name = Bytes.ofHex("e9");
        String at = HANDLE_XDR + "00000001" + "e9000000";

        assertArguments(NameCalls.lookup(HANDLE, name), at);
        assertArguments(NameCalls.remove(HANDLE, name), at);
        assertArguments(NameCalls.rmdir(HANDLE, name), at);
        assertArguments(
                NameCalls.rename(HANDLE, name, HANDLE, Bytes.of("ab")), at + HANDLE_XDR + "00000002" + "61620000");
        assertArguments(NameCalls.link(HANDLE, HANDLE, name), HANDLE_XDR + at);
    }

    @Test
    void encodesEveryWayToCreate() {
        Bytes name = Bytes.of("x");
        String at = HANDLE_XDR + "00000001" + "78000000";
        SetAttributes mode = SetAttributes.ofMode(0644);

        assertArguments(
                CreateCalls.create(HANDLE, name, new CreateCalls.How.Unchecked(mode)), at + "00000000" + MODE_0644);
        assertArguments(
                CreateCalls.create(HANDLE, name, new CreateCalls.How.Guarded(mode)), at + "00000001" + MODE_0644);
        assertArguments(
                CreateCalls.create(HANDLE, name, new CreateCalls.How.Exclusive(0x0102030405060708L)),
                at + "00000002" + "0102030405060708");
        assertArguments(CreateCalls.mkdir(HANDLE, name, mode), at + MODE_0644);
        assertArguments(
                CreateCalls.symlink(HANDLE, name, Bytes.of("to"), SetAttributes.NONE),
                at + NO_ATTRIBUTES + "00000002" + "746f0000");
        assertArguments(
                CreateCalls.mknod(HANDLE, name, new CreateCalls.Node.CharacterDevice(mode, 1, 3)),
                at + "00000004" + MODE_0644 + "00000001" + "00000003");
        assertArguments(
                CreateCalls.mknod(HANDLE, name, new CreateCalls.Node.BlockDevice(mode, 8, 0)),
                at + "00000003" + MODE_0644 + "00000008" + "00000000");
        assertArguments(
                CreateCalls.mknod(HANDLE, name, new CreateCalls.Node.Socket(mode)), at + "00000006" + MODE_0644);
        assertArguments(CreateCalls.mknod(HANDLE, name, new CreateCalls.Node.Fifo(mode)), at + "00000007" + MODE_0644);
        assertArguments(
                CreateCalls.mknod(HANDLE, name, new CreateCalls.Node.Other(FileType.DIRECTORY)), at + "00000002");
    }

    @Test
    void encodesCallsThatMoveData() {
        assertArguments(DataCalls.read(HANDLE, 0x1_0000_0000L, 4096), HANDLE_XDR + "0000000100000000" + "00001000");
        assertArguments(
                DataCalls.write(HANDLE, 1, Stability.FILE_SYNC, new byte[] {7}),
                HANDLE_XDR + "0000000000000001" + "00000001" + "00000002" + "00000001" + "07000000");
        assertArguments(DataCalls.commit(HANDLE, 0, 0), HANDLE_XDR + "0000000000000000" + "00000000");
    }

    @Test
    void encodesListings() {
        assertArguments(
                ListCalls.readdir(HANDLE, 2, 3, 4096),
                HANDLE_XDR + "0000000000000002" + "0000000000000003" + "00001000");
        assertArguments(
                ListCalls.readdirplus(HANDLE, 2, 3, 512, 4096),
                HANDLE_XDR + "0000000000000002" + "0000000000000003" + "00000200" + "00001000");
    }

    private static void assertArguments(NfsCall<?, ?> call, String hex) {
        assertThat(call.arguments().toHex()).as(call.procedure().name()).isEqualTo(hex);
    }
}
