package org.twinshare.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.EveryProcedure;

@Tag("alone")
class ProbeIT {

    @Test
    void speaksEveryProcedureWithARealServer(@TempDir Path directory) throws Exception {
        Ganesha.Outcome outcome =
                Ganesha.exporting(directory).run(EveryProcedure.class, "127.0.0.1", "12049", "12050", "/localData");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(directory).isEmptyDirectory();
    }
}
