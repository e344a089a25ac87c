package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Bytes;
import org.twinshare.client.probe.CreateCalls.How;
import org.twinshare.client.probe.DataCalls;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.Procedure;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcReply;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Stability;
import org.twinshare.client.probe.Status;
import org.twinshare.client.probe.XdrReader;
import org.twinshare.client.probe.XdrWriter;
import org.twinshare.fileserver.server.Refused;

/** Rules 18 to 20 and 22: data, and what the server says of where they are. Rule 21 is with the crashes. */
final class DataRulesIT {
    private static final int TRANSFER_BYTES = 1 << 20;

    @TempDir
    private Path base;

    private Serving serving;
    private NfsProbe client;
    private FileHandle room;
    private FileHandle file;

    @BeforeEach
    void serve() throws IOException {
        serving = Serving.start(base);
        client = serving.client();
        room = serving.room("room");
        file = client.create(room, "file", 0644).ok().handle().orElseThrow();
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    private static byte[] pattern(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    @Test
    void rule18ReadsAreClampedToRtmax() throws IOException {
        client.setattr(file, SetAttributes.ofSize(3 * TRANSFER_BYTES)).ok();

        DataCalls.Read read = client.read(file, 0, 2 * TRANSFER_BYTES).ok();

        assertThat(read.countBytes()).isEqualTo(TRANSFER_BYTES);
        assertThat(read.atEnd()).isFalse();
        assertThat(client.read(file, 0, -1).ok().countBytes()).isEqualTo(TRANSFER_BYTES);
    }

    @Test
    void rule18TheEndIsToldAsSoonAsItIsReached() throws IOException {
        byte[] content = pattern(10_001);
        client.write(file, 0, Stability.UNSTABLE, content).ok();

        assertRead(0, 10_000, Arrays.copyOf(content, 10_000), false);
        assertRead(0, 10_001, content, true);
        assertRead(0, 10_002, content, true);
        assertRead(10_000, 1, Arrays.copyOfRange(content, 10_000, 10_001), true);
        assertRead(10_001, 1, new byte[0], true);
        assertRead(1L << 40, 100, new byte[0], true);
        assertRead(5, 0, new byte[0], false);
        assertRead(4_097, 3, Arrays.copyOfRange(content, 4_097, 4_100), false);
    }

    private void assertRead(long offsetBytes, int count, byte[] data, boolean end) throws IOException {
        assertThat(client.read(file, offsetBytes, count).ok())
                .as("%d bytes at %d", count, offsetBytes)
                .returns(Bytes.of(data), DataCalls.Read::data)
                .returns(end, DataCalls.Read::atEnd);
    }

    @Test
    void rule18AHoleReadsAsZeros() throws IOException {
        client.write(file, 1 << 20, Stability.UNSTABLE, new byte[] {1}).ok();

        assertRead(0, 4096, new byte[4096], false);
        assertRead((1 << 20) - 1, 10, new byte[] {0, 1}, true);
    }

    @Test
    void rule19CommittedIsNeverMoreThanWasDoneAndNeverLessThanWasAsked() throws IOException {
        assertThat(client.write(file, 0, Stability.UNSTABLE, pattern(10)).ok())
                .returns(10, DataCalls.Written::countBytes)
                .returns(Stability.UNSTABLE, DataCalls.Written::committed);
        assertThat(client.write(file, 10, Stability.DATA_SYNC, pattern(10)).ok().committed())
                .isIn(Stability.DATA_SYNC, Stability.FILE_SYNC);
        assertThat(client.write(file, 20, Stability.FILE_SYNC, pattern(10)).ok().committed())
                .isEqualTo(Stability.FILE_SYNC);
    }

    @Test
    void rule19ALengthThatIsNotTheCountIsRefusedAndChangesNothing() throws IOException {
        for (int count : new int[] {0, 9, 11, -1}) {
            XdrWriter arguments = new XdrWriter()
                    .putOpaque(file.bytes())
                    .putLong(0)
                    .putInt(count)
                    .putInt(2)
                    .putOpaque(pattern(10));
            RpcReply reply = client.connection()
                    .call(RpcCall.nfs(count, Procedure.WRITE, Serving.ROOT, Bytes.of(arguments.toArray())));
            if (reply instanceof RpcReply.Success success) {
                assertThat(new XdrReader(success.results().toArray()).getInt()).isEqualTo(Status.INVAL.number());
            } else {
                assertThat(reply).isInstanceOf(RpcReply.GarbageArguments.class);
            }
        }
        assertThat(client.getattr(file).ok().sizeBytes()).isZero();
    }

    @Test
    void rule19WritesBeyondTheLargestFileAreFbig() throws IOException {
        long largest = client.fsinfo(room).ok().largestFileBytes();

        assertThat(client.write(file, largest, Stability.UNSTABLE, new byte[1]).status())
                .isEqualTo(Status.FBIG);
        assertThat(client.write(file, Long.MAX_VALUE, Stability.UNSTABLE, new byte[1])
                        .status())
                .isEqualTo(Status.FBIG);
        assertThat(client.write(file, -1, Stability.UNSTABLE, new byte[1]).status())
                .isIn(Status.FBIG, Status.INVAL);
        assertThat(client.setattr(file, SetAttributes.ofSize(largest)).status()).isEqualTo(Status.OK);
        if (largest < Long.MAX_VALUE) {
            assertThat(client.setattr(file, SetAttributes.ofSize(largest + 1)).status())
                    .isEqualTo(Status.FBIG);
        }
    }

    @Test
    void rule19NothingWrittenIsNothingChanged() throws IOException {
        Attributes before = client.getattr(file).ok();

        assertThat(client.write(file, 100, Stability.FILE_SYNC, new byte[0])
                        .ok()
                        .countBytes())
                .isZero();

        assertThat(client.getattr(file).ok())
                .returns(0L, Attributes::sizeBytes)
                .returns(before.modified(), Attributes::modified);
    }

    @Test
    void rule20TheVerifierIsTheSameInWriteAndCommitAndForEveryExport() throws IOException {
        Files.createDirectory(base.resolve("other"));
        serving.reload("/localData 127.0.0.0/8(rw,no_root_squash)", "/other 127.0.0.0/8(rw,no_root_squash)");
        FileHandle elsewhere = client.create(client.mount("/other").ok(), "file", 0600)
                .ok()
                .handle()
                .orElseThrow();

        long verifier =
                client.write(file, 0, Stability.UNSTABLE, new byte[1]).ok().verifier();

        assertThat(client.commit(file, 0, 0).ok().verifier()).isEqualTo(verifier);
        assertThat(client.write(file, 0, Stability.FILE_SYNC, new byte[1]).ok().verifier())
                .isEqualTo(verifier);
        assertThat(client.commit(elsewhere, 0, 0).ok().verifier()).isEqualTo(verifier);
        assertThat(serving.client("127.0.0.4", Serving.ROOT)
                        .commit(file, 0, 0)
                        .ok()
                        .verifier())
                .isEqualTo(verifier);
    }

    @Test
    void rule20TheVerifierIsNewAfterAStart() throws IOException, Refused {
        long before = client.commit(file, 0, 0).ok().verifier();

        serving.restart();

        assertThat(serving.client().commit(file, 0, 0).ok().verifier()).isNotEqualTo(before);
    }

    @Test
    void rule22ExclusiveCreateWithTheSameVerifierIsTheSameCall() throws IOException, Refused {
        How.Exclusive mine = new How.Exclusive(0x1122334455667788L);
        FileHandle made = client.create(room, "exclusive", mine).ok().handle().orElseThrow();

        assertThat(client.create(room, "exclusive", mine).ok().handle()).contains(made);
        assertThat(client.create(room, "exclusive", new How.Exclusive(1)).status())
                .isEqualTo(Status.EXIST);
        assertThat(client.create(room, "file", mine).status()).isEqualTo(Status.EXIST);

        serving.restart();

        assertThat(serving.client().create(room, "exclusive", mine).ok().handle())
                .contains(made);
        assertThat(serving.client()
                        .create(room, "exclusive", new How.Exclusive(1))
                        .status())
                .isEqualTo(Status.EXIST);
    }

    @Test
    void rule22UncheckedTakesWhatIsThereAndGuardedDoesNot() throws IOException {
        client.write(file, 0, Stability.FILE_SYNC, pattern(100)).ok();

        assertThat(client.create(room, "file", new How.Guarded(SetAttributes.ofSize(0)))
                        .status())
                .isEqualTo(Status.EXIST);
        assertThat(client.getattr(file).ok().sizeBytes()).isEqualTo(100);
        assertThat(client.create(room, "file", new How.Unchecked(SetAttributes.ofSize(0)))
                        .ok()
                        .handle())
                .contains(file);
        assertThat(client.getattr(file).ok().sizeBytes()).isZero();
    }
}
