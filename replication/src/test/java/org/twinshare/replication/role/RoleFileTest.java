package org.twinshare.replication.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.replication.RefusedException;

class RoleFileTest {
    private static final long CLUSTER = 99;
    private static final Terms TERMS =
            new Terms(AckMode.ASYNC, WithoutStandby.BLOCK, Duration.ofMillis(1500), Duration.ofSeconds(7));

    @TempDir
    Path directory;

    @Test
    void keepsEveryFieldOfItsState() throws Exception {
        RoleState state = new RoleState(
                Role.STANDBY,
                3,
                5,
                true,
                Completeness.RESTARTED,
                TERMS,
                77,
                88,
                Instant.ofEpochMilli(123_456),
                Instant.ofEpochMilli(654_321));
        RoleFile.create(directory, CLUSTER, RoleState.lone(Terms.DEFAULT)).update(unused -> state);
        assertThat(RoleFile.open(directory, CLUSTER))
                .extracting(RoleFile::state)
                .isEqualTo(state);
    }

    /** A disk may be full of uploads when the standby goes, and removing them waits for this change. */
    @Test
    void aChangeNeedsNoRoom() throws Exception {
        RoleFile file = RoleFile.create(directory, CLUSTER, RoleState.lone(Terms.DEFAULT));
        Set<Object> before = inodes();

        for (boolean alone : new boolean[] {false, true, false}) {
            file.update(state -> state.withAlone(alone));
            assertThat(RoleFile.open(directory, CLUSTER))
                    .extracting(RoleFile::state)
                    .isEqualTo(file.state());
        }

        assertThat(inodes()).isEqualTo(before).hasSize(2);
    }

    @Test
    void makesTheSpareOfAnOlderVersionThatHadNone() throws Exception {
        RoleFile.create(directory, CLUSTER, RoleState.lone(Terms.DEFAULT));
        Files.delete(directory.resolve("role.new"));

        assertThat(RoleFile.open(directory, CLUSTER)).isNotNull();

        assertThat(inodes()).hasSize(2);
    }

    private Set<Object> inodes() throws IOException {
        Set<Object> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                inodes.add(Files.getAttribute(each, "unix:ino"));
            }
        }
        return inodes;
    }

    @Test
    void isNotThereBeforeItIsMade() throws Exception {
        assertThat(RoleFile.open(directory, CLUSTER)).isNull();
    }

    @Test
    void isRefusedWhenAnyByteIsWrongOrItIsAnotherPairs() throws Exception {
        RoleFile.create(directory, CLUSTER, RoleState.lone(Terms.DEFAULT));
        Path file = directory.resolve("role");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            byte[] wrong = bytes.clone();
            wrong[i] ^= 1;
            Files.write(file, wrong);
            assertThatThrownBy(() -> RoleFile.open(directory, CLUSTER)).isInstanceOf(RefusedException.class);
        }
        Files.write(file, bytes);
        assertThatThrownBy(() -> RoleFile.open(directory, CLUSTER + 1)).hasMessageContaining("another pair");
    }

    @Test
    void fencesAPrimaryThatHearsOfANewerEpochAndNobodyElse() {
        RoleState primary = RoleState.lone(Terms.DEFAULT);
        assertThat(primary.heardOf(2))
                .extracting(RoleState::role, RoleState::epoch, RoleState::newestEpoch)
                .containsExactly(Role.FENCED, 1, 2);
        assertThat(primary.heardOf(1)).isEqualTo(primary);
        assertThat(RoleState.newStandby(1, Terms.DEFAULT).heardOf(2).role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void becomesThePrimaryInAnEpochThatNobodyHasHeardOf() {
        RoleState standby = RoleState.newStandby(3, Terms.DEFAULT).heardOf(8);
        assertThat(standby.promoted(TERMS, Instant.EPOCH))
                .extracting(RoleState::role, RoleState::epoch, RoleState::alone)
                .containsExactly(Role.PRIMARY, 9, true);
    }

    /** Without the record that says so, this server may lack what the primary answered while it was alone. */
    @Test
    void believesThatAPrimaryIsNotAloneOnlyWhereItKnewThatBefore() {
        RoleState behind = RoleState.newStandby(1, Terms.DEFAULT);
        assertThat(behind.follows(1, false, TERMS, Instant.EPOCH).alone()).isTrue();
        RoleState inStep = behind.withAlone(false);
        assertThat(inStep.follows(1, false, TERMS, Instant.EPOCH).alone()).isFalse();
        assertThat(inStep.follows(1, true, TERMS, Instant.EPOCH).alone()).isTrue();
        assertThat(inStep.follows(2, false, TERMS, Instant.EPOCH).alone()).isTrue();
    }

    @Test
    void startsByWhatItsDiskSays() {
        RoleState lone = RoleState.lone(Terms.DEFAULT);
        RoleState inStep = lone.withAlone(false);
        assertThat(Start.of(lone, false, false)).isEqualTo(Start.SERVE);
        assertThat(Start.of(lone, true, false)).isEqualTo(Start.SERVE);
        assertThat(Start.of(inStep, true, false)).isEqualTo(Start.ASK);
        assertThat(Start.of(inStep.with(Role.ASKING), true, false)).isEqualTo(Start.ASK);
        assertThat(Start.of(inStep, true, true)).isEqualTo(Start.SERVE);
        assertThat(Start.of(inStep.heardOf(2), true, true)).isEqualTo(Start.FOLLOW);
        assertThat(Start.of(RoleState.newStandby(1, Terms.DEFAULT), true, true)).isEqualTo(Start.FOLLOW);
    }
}
