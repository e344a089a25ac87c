package org.twinshare.client.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes are written down by hand from RFC 5531 and RFC 1813. */
class ReplyDecodingTest {
    private static final FileHandle HANDLE = new FileHandle(Bytes.ofHex("0a"));
    private static final String OK = "00000000";
    private static final String YES = "00000001";
    private static final String NO = "00000000";
    private static final String ATTRIBUTES = "00000001" // regular file
            + "000081a4" // mode as some servers send it, with the type
            + "00000002" // links
            + "00000021" + "fffffffe" // uid 33, gid 4294967294
            + "0000000000001000" + "0000000000002000" // size, used
            + "00000008" + "00000001" // device
            + "00000000000000aa" + "00000000000000bb" // fsid, fileid
            + "00000001" + "00000002" // accessed
            + "00000003" + "00000004" // modified
            + "00000005" + "00000006"; // changed
    private static final String BEFORE = "0000000000000fff" + "00000003" + "00000004" + "00000005" + "00000005";

    private static final Attributes DECODED = new Attributes(
            FileType.REGULAR,
            0x81a4,
            2,
            33,
            4_294_967_294L,
            4096,
            8192,
            8,
            1,
            0xaa,
            0xbb,
            new Timestamp(1, 2),
            new Timestamp(3, 4),
            new Timestamp(5, 6));

    @Test
    void readsEveryWayInWhichACallIsNotRun() throws MalformedReplyException {
        String accepted = "00000009" + "00000001" + "00000000" + "00000000" + "00000000";
        String denied = "00000009" + "00000001" + "00000001";

        assertThat(reply(accepted + "00000000" + "cafe0000"))
                .isEqualTo(new RpcReply.Success(9, Bytes.ofHex("cafe0000")));
        assertThat(reply(accepted + "00000001")).isEqualTo(new RpcReply.ProgramUnavailable(9));
        assertThat(reply(accepted + "00000002" + "00000003" + "00000004"))
                .isEqualTo(new RpcReply.ProgramMismatch(9, 3, 4));
        assertThat(reply(accepted + "00000003")).isEqualTo(new RpcReply.ProcedureUnavailable(9));
        assertThat(reply(accepted + "00000004")).isEqualTo(new RpcReply.GarbageArguments(9));
        assertThat(reply(accepted + "00000005")).isEqualTo(new RpcReply.SystemError(9));
        assertThat(reply(denied + "00000000" + "00000002" + "00000002")).isEqualTo(new RpcReply.RpcMismatch(9, 2, 2));
        assertThat(reply(denied + "00000001" + "00000005")).isEqualTo(new RpcReply.AuthenticationError(9, 5));
    }

    @Test
    void refusesWhatIsNotAReply() {
        assertThatThrownBy(() -> reply("00000009" + "00000000")).hasMessageContaining("not a reply");
        assertThatThrownBy(() -> reply("00000009" + "00000001" + "00000002")).hasMessageContaining("reply_stat");
        assertThatThrownBy(() -> reply("00000009" + "00000001" + "00000000" + "00000000" + "00000000" + "00000006"))
                .hasMessageContaining("accept_stat of 6");
    }

    @Test
    void readsAttributes() throws IOException {
        assertThat(decode(AttributeCalls.getattr(HANDLE), OK + ATTRIBUTES).ok()).isEqualTo(DECODED);
    }

    @Test
    void readsAFoundNameAndTheFailureToFindOne() throws IOException {
        NameCalls.Found found = decode(
                        NameCalls.lookup(HANDLE, Bytes.of("x")), OK + "00000001" + "0b000000" + YES + ATTRIBUTES + NO)
                .ok();
        NfsReply<NameCalls.Found, Optional<Attributes>> absent =
                decode(NameCalls.lookup(HANDLE, Bytes.of("x")), "00000002" + YES + ATTRIBUTES);

        assertThat(found)
                .isEqualTo(
                        new NameCalls.Found(new FileHandle(Bytes.ofHex("0b")), Optional.of(DECODED), Optional.empty()));
        assertThat(absent.status()).isEqualTo(Status.NOENT);
        assertThat(absent.failure()).contains(DECODED);
        assertThatThrownBy(absent::ok).hasMessage("LOOKUP answered NOENT");
    }

    @Test
    void readsWccDataOfSuccessAndFailure() throws IOException {
        WccData both = new WccData(
                Optional.of(new WccData.Before(4095, new Timestamp(3, 4), new Timestamp(5, 5))), Optional.of(DECODED));

        assertThat(decode(NameCalls.remove(HANDLE, Bytes.of("x")), OK + YES + BEFORE + YES + ATTRIBUTES)
                        .ok())
                .isEqualTo(both);
        assertThat(decode(NameCalls.remove(HANDLE, Bytes.of("x")), "0000000d" + NO + YES + ATTRIBUTES)
                        .failure())
                .isEqualTo(new WccData(Optional.empty(), Optional.of(DECODED)));
        assertThat(decode(
                                NameCalls.rename(HANDLE, Bytes.of("x"), HANDLE, Bytes.of("y")),
                                "00000042" + NO + NO + YES + BEFORE + YES + ATTRIBUTES)
                        .failure())
                .isEqualTo(new NameCalls.Renamed(new WccData(Optional.empty(), Optional.empty()), both));
    }

    @Test
    void readsWhatWasCreated() throws IOException {
        CreateCalls.Created created = decode(
                        CreateCalls.mkdir(HANDLE, Bytes.of("x"), SetAttributes.NONE),
                        OK + YES + "00000002" + "0b0c0000" + YES + ATTRIBUTES + NO + NO)
                .ok();

        assertThat(created.handle()).contains(new FileHandle(Bytes.ofHex("0b0c")));
        assertThat(created.attributes()).contains(DECODED);
    }

    @Test
    void readsDataAndWhatWriteAndCommitClaim() throws IOException {
        DataCalls.Read read = decode(
                        DataCalls.read(HANDLE, 0, 5), OK + NO + "00000005" + YES + "00000005" + "6162636465000000")
                .ok();
        DataCalls.Written written = decode(
                        DataCalls.write(HANDLE, 0, Stability.UNSTABLE, new byte[5]),
                        OK + NO + NO + "00000005" + "00000001" + "00000000000000ff")
                .ok();

        assertThat(read).isEqualTo(new DataCalls.Read(Optional.empty(), 5, true, Bytes.of("abcde")));
        assertThat(written.committed()).isEqualTo(Stability.DATA_SYNC);
        assertThat(written.verifier()).isEqualTo(255);
        assertThat(decode(DataCalls.commit(HANDLE, 0, 0), OK + NO + NO + "00000000000000ff")
                        .ok()
                        .verifier())
                .isEqualTo(255);
        assertThatThrownBy(() -> decode(
                        DataCalls.read(HANDLE, 0, 5), OK + NO + "00000004" + YES + "00000005" + "6162636465000000"))
                .hasMessageContaining("a count of 4 with 5 bytes of data");
    }

    @Test
    void readsAPageOfAListing() throws IOException {
        String entry = YES + "00000000000000bb" + "00000001" + "e9000000" + "7fffffffffffffff";
        String entryPlus = entry + YES + ATTRIBUTES + YES + "00000001" + "0b000000";

        ListCalls.Page<ListCalls.Entry> page = decode(
                        ListCalls.readdir(HANDLE, 0, 0, 512), OK + NO + "0000000000000007" + entry + NO + NO)
                .ok();
        ListCalls.Page<ListCalls.EntryPlus> plus = decode(
                        ListCalls.readdirplus(HANDLE, 0, 0, 512, 512),
                        OK + YES + ATTRIBUTES + "0000000000000007" + entryPlus + NO + YES)
                .ok();

        assertThat(page)
                .isEqualTo(new ListCalls.Page<>(
                        Optional.empty(),
                        7,
                        List.of(new ListCalls.Entry(0xbb, Bytes.ofHex("e9"), Long.MAX_VALUE)),
                        false));
        assertThat(plus.last()).isTrue();
        assertThat(plus.entries().getFirst().attributes()).contains(DECODED);
        assertThat(plus.entries().getFirst().handle()).contains(new FileHandle(Bytes.ofHex("0b")));
    }

    @Test
    void refusesAnUnknownStatusATypeAndBytesLeftOver() {
        assertThatThrownBy(() -> decode(AttributeCalls.getattr(HANDLE), "00000003"))
                .hasMessageContaining("GETATTR answered with a status of 3");
        assertThatThrownBy(() -> decode(AttributeCalls.getattr(HANDLE), OK + "00000008" + ATTRIBUTES.substring(8)))
                .hasMessageContaining("a file type of 8");
        assertThatThrownBy(() -> decode(AttributeCalls.getattr(HANDLE), OK + ATTRIBUTES + "00000000"))
                .hasMessageContaining("4 bytes left over");
    }

    @Test
    void readsMountReplies() throws IOException {
        MountReply mounted = MountReply.decode(
                new XdrReader(Bytes.ofHex(OK + "00000001" + "0a000000" + "00000002" + "00000001" + "00000000")
                        .toArray()));
        MountReply refused =
                MountReply.decode(new XdrReader(Bytes.ofHex("0000000d").toArray()));

        assertThat(mounted).isEqualTo(new MountReply.Mounted(HANDLE, List.of(1, 0)));
        assertThat(refused).isEqualTo(new MountReply.Refused(MountStatus.ACCES));
        assertThatThrownBy(refused::ok).hasMessage("MNT answered ACCES");
    }

    private static RpcReply reply(String hex) throws MalformedReplyException {
        return RpcReply.decode(Bytes.ofHex(hex).toArray());
    }

    private static <T, F> NfsReply<T, F> decode(NfsCall<T, F> call, String resultsHex) throws IOException {
        return call.decode(new RpcReply.Success(1, Bytes.ofHex(resultsHex)));
    }
}
