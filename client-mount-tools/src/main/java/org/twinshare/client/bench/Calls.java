package org.twinshare.client.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.Procedure;

/**
 * Makes the calls whose arguments differ each time: a header encoded once for one credential, and the arguments put behind
 * it in the turn's queue (RFC 1813, 3.3). Every method gives the procedure that it called. Immutable.
 */
final class Calls {
    private static final int UNCHECKED = 0;
    private static final int FILE_MODE = 0644;

    private final Map<Procedure, CallTemplate> headers = new EnumMap<>(Procedure.class);

    Calls(Credential credential) {
        for (Procedure each : Procedure.values()) {
            headers.put(each, CallTemplate.header(each, credential));
        }
    }

    /** GETATTR, READLINK, FSSTAT: one handle and nothing else. */
    Procedure about(Procedure procedure, byte[] handle, Turn turn) {
        begin(procedure, handle, turn).end();
        return procedure;
    }

    /** LOOKUP, REMOVE, RMDIR: a name in a directory. */
    Procedure named(Procedure procedure, byte[] directory, String name, Turn turn) {
        beginNamed(procedure, directory, name, turn).end();
        return procedure;
    }

    Procedure access(byte[] handle, int wanted, Turn turn) {
        SendQueue queue = begin(Procedure.ACCESS, handle, turn);
        queue.putInt(wanted);
        queue.end();
        return Procedure.ACCESS;
    }

    /** SETATTR of the mode, without a guard. */
    Procedure setMode(byte[] handle, int mode, Turn turn) {
        SendQueue queue = begin(Procedure.SETATTR, handle, turn);
        putMode(queue, mode);
        queue.putInt(0);
        queue.end();
        return Procedure.SETATTR;
    }

    /** CREATE, UNCHECKED, with mode 0644. */
    Procedure create(byte[] directory, String name, Turn turn) {
        SendQueue queue = beginNamed(Procedure.CREATE, directory, name, turn);
        queue.putInt(UNCHECKED);
        putMode(queue, FILE_MODE);
        queue.end();
        return Procedure.CREATE;
    }

    Procedure makeDirectory(byte[] directory, String name, Turn turn) {
        SendQueue queue = beginNamed(Procedure.MKDIR, directory, name, turn);
        putMode(queue, 0755);
        queue.end();
        return Procedure.MKDIR;
    }

    /** RENAME within one directory. */
    Procedure rename(byte[] directory, String name, String newName, Turn turn) {
        SendQueue queue = beginNamed(Procedure.RENAME, directory, name, turn);
        queue.putOpaque(directory);
        queue.putOpaque(ascii(newName));
        queue.end();
        return Procedure.RENAME;
    }

    Procedure read(byte[] handle, long offsetBytes, int countBytes, Turn turn) {
        beginRange(Procedure.READ, handle, offsetBytes, countBytes, turn).end();
        return Procedure.READ;
    }

    /** WRITE; large data must not change before the reply. */
    Procedure write(byte[] handle, long offsetBytes, int stability, ByteBuffer data, Turn turn) {
        SendQueue queue = beginRange(Procedure.WRITE, handle, offsetBytes, data.remaining(), turn);
        queue.putInt(stability);
        queue.endWithData(data);
        return Procedure.WRITE;
    }

    /** COMMIT of the whole file. */
    Procedure commit(byte[] handle, Turn turn) {
        beginRange(Procedure.COMMIT, handle, 0, 0, turn).end();
        return Procedure.COMMIT;
    }

    /** READDIR or READDIRPLUS; names and the whole page may take as many bytes. */
    Procedure list(Procedure procedure, byte[] directory, long cookie, long verifier, int pageBytes, Turn turn) {
        SendQueue queue = begin(procedure, directory, turn);
        queue.putLong(cookie);
        queue.putLong(verifier);
        queue.putInt(pageBytes);
        if (procedure == Procedure.READDIRPLUS) {
            queue.putInt(pageBytes);
        }
        queue.end();
        return procedure;
    }

    private SendQueue begin(Procedure procedure, byte[] handle, Turn turn) {
        SendQueue queue = turn.queue();
        queue.begin(Objects.requireNonNull(headers.get(procedure)), turn.xid());
        queue.putOpaque(handle);
        return queue;
    }

    private SendQueue beginNamed(Procedure procedure, byte[] directory, String name, Turn turn) {
        SendQueue queue = begin(procedure, directory, turn);
        queue.putOpaque(ascii(name));
        return queue;
    }

    private SendQueue beginRange(Procedure procedure, byte[] handle, long offsetBytes, int countBytes, Turn turn) {
        SendQueue queue = begin(procedure, handle, turn);
        queue.putLong(offsetBytes);
        queue.putInt(countBytes);
        return queue;
    }

    /** sattr3 (RFC 1813, 2.3.5): the mode, and neither uid, gid, size nor times. */
    private static void putMode(SendQueue queue, int mode) {
        queue.putInt(1);
        queue.putInt(mode);
        queue.putLong(0);
        queue.putLong(0);
        queue.putInt(0);
    }

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
