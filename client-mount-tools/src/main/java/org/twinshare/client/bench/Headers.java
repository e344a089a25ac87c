package org.twinshare.client.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.Procedure;

/** The beginning of a call of every procedure, encoded once for one credential. Immutable. */
final class Headers {
    private final Map<Procedure, CallTemplate> templates = new EnumMap<>(Procedure.class);

    Headers(Credential credential) {
        for (Procedure each : Procedure.values()) {
            templates.put(each, CallTemplate.header(each, credential));
        }
    }

    /** Begins a call of this procedure in the turn's queue. */
    SendQueue begin(Procedure procedure, Turn turn) {
        SendQueue queue = turn.queue();
        queue.begin(Objects.requireNonNull(templates.get(procedure)), turn.xid());
        return queue;
    }
}
