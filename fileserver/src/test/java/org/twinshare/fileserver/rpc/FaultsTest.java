package org.twinshare.fileserver.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.twinshare.client.probe.RpcCall;
import org.twinshare.client.probe.RpcConnection;
import org.twinshare.client.probe.RpcReply;

/** A procedure that fails in a way that nobody foresaw costs one SYSTEM_ERR, and nothing for good. */
class FaultsTest {
    private TestServer server;
    private RpcConnection connection;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
        connection = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        server.close();
    }

    static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("wanted by a test"),
                new StackOverflowError("wanted by a test"),
                new OutOfMemoryError("wanted by a test"),
                new NoClassDefFoundError("wanted by a test"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void answersSystemErrorWhateverAProcedureThrowsAtOnce(Throwable fault) throws IOException {
        server.program.fault = fault;
        RpcCall call = server.call(TestProgram.FAIL);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.SystemError(call.xid()));
        assertThat(connection.call(server.call(TestProgram.NULL))).isInstanceOf(RpcReply.Success.class);
        server.awaitNothingTaken();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void answersSystemErrorWhateverAProcedureThrowsLaterAndGivesAllBack(Throwable fault) throws IOException {
        server.program.fault = fault;
        RpcCall call = server.call(TestProgram.FAIL_LATER);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.SystemError(call.xid()));
        server.awaitNothingTaken();
        assertThat(connection.call(call)).as("sent again").isEqualTo(new RpcReply.SystemError(call.xid()));
    }

    @Test
    void keepsTheWindowOpenThroughMoreFaultsThanItHolds() throws IOException {
        server.program.fault = new StackOverflowError("wanted by a test");
        for (int i = 0; i < 3 * TestServer.LIMITS.callsPerConnection(); i++) {
            RpcCall call = server.call(TestProgram.FAIL_LATER);
            assertThat(connection.call(call)).isEqualTo(new RpcReply.SystemError(call.xid()));
        }
        server.awaitNothingTaken();
    }

    @Test
    void answersAProcedureThatCannotEvenBeDoneByAThreadThatMayWait() throws IOException {
        RpcCall call = server.call(TestProgram.ALWAYS_WOULD_BLOCK);

        assertThat(connection.call(call)).isEqualTo(new RpcReply.SystemError(call.xid()));
        server.awaitNothingTaken();
    }
}
