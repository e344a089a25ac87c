package org.twinshare.fileserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
    @Test
    void whereThereAreEnoughAllAreUsedAndNobodyIsWarned() {
        for (long limit : new long[] {20_880, 65_536, 1 << 20, Long.MAX_VALUE}) {
            OpenFiles all = OpenFiles.of(limit);
            assertThat(all).isEqualTo(new OpenFiles(4096, 4096));
            assertThat(all.warning(limit)).isEmpty();
            assertThat(OpenFiles.problem(limit)).isEmpty();
        }
    }

    @Test
    void fewAreSharedOutAndTheOperatorIsToldHowManyThereAre() {
        OpenFiles few = OpenFiles.of(4096);
        // (4096 - 400) / 5
        assertThat(few).isEqualTo(new OpenFiles(739, 739));
        assertThat(few.warning(4096)).get().asString().contains("4096 open files", "739 connections", "LimitNOFILE");
        assertThat(OpenFiles.problem(4096)).isEmpty();
    }

    @Test
    void tooFewAreAProblem() {
        assertThat(OpenFiles.problem(1024)).isEmpty();
        assertThat(OpenFiles.problem(1023)).isPresent();
    }
}
