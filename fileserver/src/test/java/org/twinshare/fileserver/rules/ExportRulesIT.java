package org.twinshare.fileserver.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.client.probe.Attributes;
import org.twinshare.client.probe.Credential;
import org.twinshare.client.probe.FileHandle;
import org.twinshare.client.probe.MountStatus;
import org.twinshare.client.probe.NfsProbe;
import org.twinshare.client.probe.SetAttributes;
import org.twinshare.client.probe.Status;
import org.twinshare.exports.Diagnostic;
import org.twinshare.exports.table.LoadResult;

/** Rules 6 and 28 to 31: who may do what as whom, as the exports file says it, checked with every call. */
final class ExportRulesIT {
    private static final long NOBODY = 65534;

    @TempDir
    private Path base;

    private Serving serving;
    private FileHandle room;

    @BeforeEach
    void serve() throws IOException {
        serving = Serving.start(base);
        room = serving.room("room");
    }

    @AfterEach
    void stop() throws IOException {
        serving.close();
    }

    private void exports(String... clients) throws IOException {
        LoadResult result = serving.reload("/localData " + String.join(" ", clients));
        assertThat(result.hasErrors()).isFalse();
    }

    private Attributes made(NfsProbe client, String name) throws IOException {
        return client.create(room, name, 0644).ok().attributes().orElseThrow();
    }

    @Test
    void rule6RightsAreCheckedOnEveryCallAndNotOnlyAtMnt() throws IOException {
        NfsProbe client = serving.client();
        client.mount("/localData").ok();

        exports("127.0.0.1(ro)");
        assertThat(client.create(room, "x", 0600).status()).isEqualTo(Status.ROFS);
        assertThat(client.getattr(room).status()).isEqualTo(Status.OK);
        exports("127.0.0.9(rw)");
        assertThat(client.getattr(room).status()).isEqualTo(Status.ACCES);
        exports("127.0.0.1(rw,no_root_squash)");
        assertThat(client.create(room, "x", 0600).status()).isEqualTo(Status.OK);
    }

    @Test
    void rule6ACallFromAnUnprivilegedPortIsRefusedUnlessTheExportIsInsecure() throws IOException {
        NfsProbe anyUser = serving.unprivilegedClient("127.0.0.1");

        assertThat(anyUser.getattr(room).status()).isIn(Status.PERM, Status.ACCES);
        exports("127.0.0.1(rw,insecure)");
        assertThat(anyUser.getattr(room).status()).isEqualTo(Status.OK);
        assertThat(anyUser.mount("/localData").status()).isEqualTo(MountStatus.OK);
    }

    @Test
    void rule6AuthNoneIsTheAnonymousUser() throws IOException {
        exports("127.0.0.1(rw,no_root_squash,anonuid=33,anongid=34)");

        assertThat(made(serving.client("127.0.0.1", new Credential.None()), "file"))
                .returns(33L, Attributes::uid)
                .returns(34L, Attributes::gid);
    }

    @Test
    void rule28EveryClientHasTheRightsOfTheEntryThatNamesItMostClosely() throws IOException {
        exports(
                "*(ro)",
                "127.0.0.0/24(rw,all_squash)",
                "127.0.0.0/255.255.255.192(ro)",
                "127.0.0.1(rw,no_root_squash)",
                "127.0.0.2(ro)");

        assertThat(made(serving.client("127.0.0.1", Serving.ROOT), "one").uid()).isZero();
        assertThat(serving.client("127.0.0.2", Serving.ROOT)
                        .create(room, "x", 0600)
                        .status())
                .isEqualTo(Status.ROFS);
        assertThat(made(serving.client("127.0.0.200", Serving.ROOT), "two").uid())
                .isEqualTo(NOBODY);
        assertThat(serving.client("127.9.9.9", Serving.ROOT)
                        .create(room, "x", 0600)
                        .status())
                .isEqualTo(Status.ROFS);
    }

    @Test
    void rule28AClientNamedByItsHostNameIsServed() throws IOException {
        exports("localhost(rw,no_root_squash)");

        assertThat(made(serving.client(), "file").uid()).isZero();
        assertThat(serving.client("127.0.0.2", Serving.ROOT).getattr(room).status())
                .isEqualTo(Status.ACCES);
    }

    @Test
    void rule28DefaultsQuotesContinuationAndCommentsAreRead() throws IOException {
        Files.createDirectories(base.resolve("other/with space"));
        LoadResult result = serving.reload(
                "# comment",
                "/localData -rw,no_root_squash 127.0.0.1 \\",
                "    127.0.0.2(ro)   # comment",
                "\"/other/with\\040space\" 127.0.0.1(rw,no_root_squash)");

        assertThat(result.hasErrors()).isFalse();
        assertThat(made(serving.client(), "file").uid()).isZero();
        assertThat(serving.client("127.0.0.2", Serving.ROOT)
                        .create(room, "x", 0600)
                        .status())
                .isEqualTo(Status.ROFS);
        assertThat(serving.client().mount("/other/with space").status()).isEqualTo(MountStatus.OK);
    }

    @Test
    void rule29RootIsSquashedUnlessTheEntrySaysOtherwise() throws IOException {
        exports("127.0.0.1(rw,no_root_squash)", "127.0.0.2(rw)", "127.0.0.3(rw,root_squash,anonuid=33,anongid=34)");

        assertThat(made(serving.client("127.0.0.1", Serving.ROOT), "one"))
                .returns(0L, Attributes::uid)
                .returns(0L, Attributes::gid);
        assertThat(made(serving.client("127.0.0.2", Serving.ROOT), "two"))
                .returns(NOBODY, Attributes::uid)
                .returns(NOBODY, Attributes::gid);
        assertThat(made(serving.client("127.0.0.3", Serving.ROOT), "three"))
                .returns(33L, Attributes::uid)
                .returns(34L, Attributes::gid);
        assertThat(made(serving.client("127.0.0.2", Credential.of(1000, 1001)), "four"))
                .returns(1000L, Attributes::uid)
                .returns(1001L, Attributes::gid);
        assertThat(serving.client("127.0.0.2", Serving.ROOT)
                        .setattr(room, SetAttributes.ofMode(0777))
                        .status())
                .isEqualTo(Status.PERM);
    }

    @Test
    void rule29GidZeroIsSquashedAmongTheFurtherGroupsToo() throws IOException {
        exports("127.0.0.1(rw,no_root_squash)", "127.0.0.2(rw)");
        FileHandle file =
                serving.client().create(room, "group", 0640).ok().handle().orElseThrow();

        assertThat(serving.client("127.0.0.2", Credential.of(1000, 1000, 0L))
                        .read(file, 0, 1)
                        .status())
                .isEqualTo(Status.ACCES);
        assertThat(serving.client("127.0.0.1", Credential.of(1000, 1000, 0L))
                        .read(file, 0, 1)
                        .status())
                .isEqualTo(Status.OK);
    }

    @Test
    void rule29AllSquashMapsEverybodyToTheAnonymousUser() throws IOException {
        exports("127.0.0.1(rw,all_squash,anonuid=33,anongid=34)", "127.0.0.2(rw,all_squash)");

        assertThat(made(serving.client("127.0.0.1", Credential.of(1000, 1000)), "one"))
                .returns(33L, Attributes::uid)
                .returns(34L, Attributes::gid);
        assertThat(made(serving.client("127.0.0.2", Credential.of(1000, 1000)), "two"))
                .returns(NOBODY, Attributes::uid)
                .returns(NOBODY, Attributes::gid);
    }

    @Test
    void rule29WithoutOptionsAnEntryIsReadOnlySecureAndSquashesRoot() throws IOException {
        exports("127.0.0.1");
        FileHandle closed = room;

        assertThat(serving.client().create(closed, "x", 0600).status()).isEqualTo(Status.ROFS);
        assertThat(serving.unprivilegedClient("127.0.0.1").getattr(room).status())
                .isNotEqualTo(Status.OK);
    }

    @Test
    void rule29FsidIsWhatClientsSeeAndTheDefaultStaysPut() throws IOException {
        long before = serving.client().getattr(room).ok().fsid();

        exports("127.0.0.1(rw,no_root_squash,fsid=4711)");
        FileHandle root = serving.root();
        assertThat(serving.client().getattr(root).ok().fsid()).isEqualTo(4711);
        assertThat(serving.client().getattr(room).status())
                .as("another fsid is another file system")
                .isEqualTo(Status.STALE);
        exports("127.0.0.1(rw,no_root_squash,sync,wdelay)");
        assertThat(serving.client().getattr(room).ok().fsid()).isEqualTo(before);
    }

    @Test
    void rule29NordirplusRefusesReaddirplusOnly() throws IOException {
        exports("127.0.0.1(rw,nordirplus)");

        assertThat(serving.client().readdirplus(room, 0, 0, 4096, 4096).status())
                .isEqualTo(Status.NOTSUPP);
        assertThat(serving.client().readdir(room, 0, 0, 4096).status()).isEqualTo(Status.OK);
    }

    @Test
    void rule29OptionsWithoutMeaningHereAreOneWarningEachAndTheClientIsServed() throws IOException {
        LoadResult result = serving.reload("/localData 127.0.0.1(rw,no_root_squash,no_subtree_check,no_acl,pnfs)");

        assertThat(result.hasErrors()).isFalse();
        assertThat(result.diagnostics())
                .hasSize(3)
                .extracting(Diagnostic::text)
                .allMatch(text -> text.contains("warning"));
        assertThat(made(serving.client(), "file").uid()).isZero();
    }

    @Test
    void rule30ASpaceBeforeTheOptionsIsAnErrorWithACaretAndOpensNothing() throws IOException {
        LoadResult result = serving.reload("/localData 127.0.0.9 (rw,no_root_squash)");

        assertThat(result.hasErrors()).isTrue();
        assertThat(result.diagnostics().getFirst().text()).contains("exports:1:", "^", "127.0.0.9(rw,no_root_squash)");
        assertThat(serving.client("127.0.0.55", Serving.ROOT)
                        .create(room, "x", 0600)
                        .status())
                .as("the table before is still in force")
                .isEqualTo(Status.OK);
    }

    @Test
    void rule30AServerDoesNotStartWithSuchALine() throws IOException {
        Files.writeString(base.resolve("exports"), "/localData 127.0.0.1 (rw)\n");

        assertThatThrownBy(() -> serving.restart()).hasMessageContaining("has errors");

        Files.writeString(base.resolve("exports"), "/localData *(rw,no_root_squash)\n");
        try {
            serving.restart();
        } catch (org.twinshare.fileserver.server.Refused e) {
            throw new AssertionError(e);
        }
        assertThat(serving.client("127.8.7.6", Serving.ROOT).getattr(room).status())
                .isEqualTo(Status.OK);
    }

    @Test
    void rule31AReloadNeverInterruptsAClientAndAnErrorChangesNothing() throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Status> worst = new AtomicReference<>(Status.OK);
        NfsProbe client = serving.client();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                while (!over.get()) {
                    Status status = client.getattr(room).status();
                    if (status != Status.OK) {
                        worst.set(status);
                    }
                }
            } catch (IOException e) {
                worst.set(Status.SERVERFAULT);
            }
        });
        for (int i = 0; i < 50; i++) {
            exports("127.0.0.1(rw,no_root_squash)", "127.0.0." + (i + 2) + "(ro)");
            assertThat(serving.reload("/localData 127.0.0.200(rw", "/broken").hasErrors())
                    .isTrue();
        }
        over.set(true);
        caller.join();

        assertThat(worst.get()).isEqualTo(Status.OK);
        assertThat(serving.client("127.0.0.51", Serving.ROOT).getattr(room).status())
                .isEqualTo(Status.OK);
        assertThat(serving.client("127.0.0.50", Serving.ROOT).getattr(room).status())
                .isEqualTo(Status.ACCES);
    }
}
