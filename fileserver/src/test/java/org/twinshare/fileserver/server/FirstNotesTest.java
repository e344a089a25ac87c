package org.twinshare.fileserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.client.IpNetwork;
import org.twinshare.exports.table.ExportTableLoader;
import org.twinshare.exports.table.PathMapping;
import org.twinshare.filestore.posix.OwnProcess;

final class FirstNotesTest {
    @TempDir
    private Path base;

    private Optional<String> note(String options, String mode, int owner) throws IOException {
        assumeTrue(OwnProcess.geteuid() == 0, "needs root, to give a directory away");
        Path directory = Files.createDirectories(base.resolve("my data"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        Files.setAttribute(directory, "unix:uid", owner);
        Files.setAttribute(directory, "unix:gid", owner);
        Path exports = Files.writeString(base.resolve("exports"), "/localData 192.168.1.2(" + options + ")\n");
        PathMapping mapping = new PathMapping(Map.of(BytePath.of("/localData"), BytePath.of(directory.toString())));
        return FirstNotes.unwritable(ExportTableLoader.check(exports, mapping)
                .table()
                .orElseThrow()
                .exports()
                .get(0));
    }

    @Test
    void saysChownWhenNoSquashedUserCouldWrite() throws IOException {
        assertThat(note("rw", "rwxr-xr-x", 0))
                .get()
                .asString()
                .endsWith("chown nobody: '" + base.resolve("my data") + "'");
        assertThat(note("rw,all_squash,anonuid=33,anongid=34", "rwxr-xr-x", 0))
                .get()
                .asString()
                .contains("chown 33:34 ");
        assertThat(note("rw", "r-xrwxrwx", 65534)).isPresent();
    }

    @Test
    void saysNothingWhenOneCouldOrNobodyIsSquashedOrNothingIsWritten() throws IOException {
        assertThat(note("rw", "rwxr-xr-x", 65534)).isEmpty();
        assertThat(note("rw", "rwxrwxrwx", 0)).isEmpty();
        assertThat(note("rw,no_root_squash", "rwxr-xr-x", 0)).isEmpty();
        assertThat(note("ro", "rwxr-xr-x", 0)).isEmpty();
        assertThat(note("rw,all_squash,anonuid=33,anongid=34", "rwxr-xr-x", 33)).isEmpty();
    }

    private static HostNetworks.Card card(String name, String network) throws IOException {
        return new HostNetworks.Card(
                name, InetAddress.getAllByName(network.split("/", 2)[0])[0], IpNetwork.of(network));
    }

    @Test
    void twoCardsSuggestToBindToThePrivateOne() throws IOException {
        HostNetworks.Card publicCard = card("eth0", "203.0.113.5/24");
        HostNetworks.Card privateCard = card("eth1", "192.168.1.5/24");

        assertThat(HostNetworks.bindAdvice(List.of(publicCard, privateCard)))
                .get()
                .asString()
                .contains("eth0, eth1", "--bind 192.168.1.5");
        assertThat(HostNetworks.bindAdvice(List.of(privateCard))).isEmpty();
        assertThat(HostNetworks.bindAdvice(List.of(privateCard, card("eth1", "10.0.0.5/8"))))
                .isEmpty();
        assertThat(HostNetworks.bindAdvice(List.of(publicCard, card("eth2", "203.0.113.6/24"))))
                .isEmpty();
    }

    @Test
    void clientsByDefaultAreLoopbackAndPrivateNetworksOnly() {
        assertThat(FirstTable.defaultClients())
                .contains(IpNetwork.of("127.0.0.1"), IpNetwork.of("::1"))
                .allMatch(IpNetwork::isPrivate);
        assertThat(HostNetworks.isOfContainers("docker0")).isTrue();
        assertThat(HostNetworks.isOfContainers("br-1a2b")).isTrue();
        assertThat(HostNetworks.isOfContainers("eth0")).isFalse();
        assertThat(HostNetworks.isOfContainers("enp3s0")).isFalse();
    }
}
