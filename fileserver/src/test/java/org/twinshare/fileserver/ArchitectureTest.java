package org.twinshare.fileserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.net.InetAddress;

/** The walls of this module, and the arrows between the modules below it. */
@AnalyzeClasses(packages = "org.twinshare", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOM = "org.twinshare.fileserver..";

    @ArchTest
    static final ArchRule isUsedByNoModuleBelow = noClasses()
            .that()
            .resideInAnyPackage("org.twinshare.exports..", "org.twinshare.filestore..", "org.twinshare.replication..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOM);

    @ArchTest
    static final ArchRule exportsAndFilestoreUseNothingOfOurs = noClasses()
            .that()
            .resideInAnyPackage("org.twinshare.exports..", "org.twinshare.filestore..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.twinshare.replication..");

    @ArchTest
    static final ArchRule exportsKnowNoFiles = noClasses()
            .that()
            .resideInAPackage("org.twinshare.exports..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.twinshare.filestore..");

    @ArchTest
    static final ArchRule filestoreKnowsNoExports = noClasses()
            .that()
            .resideInAnyPackage("org.twinshare.filestore..", "org.twinshare.replication..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.twinshare.exports..");

    @ArchTest
    static final ArchRule leavesTheClientsToolsAlone = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.twinshare.client..");

    @ArchTest
    static final ArchRule hasNoCyclesAmongPackages =
            slices().matching("org.twinshare.fileserver.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule keepsTheTransportInTheRpcRoom = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .and()
            .resideOutsideOfPackages(
                    "org.twinshare.fileserver.rpc..",
                    "org.twinshare.fileserver.mount3..",
                    "org.twinshare.fileserver.nfs3..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.dcache..", "org.glassfish.grizzly..");

    @ArchTest
    static final ArchRule rpcKnowsNoProgram = noClasses()
            .that()
            .resideInAPackage("org.twinshare.fileserver.rpc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.twinshare.fileserver.nfs3..",
                    "org.twinshare.fileserver.mount3..",
                    "org.twinshare.fileserver.nlm4..",
                    "org.twinshare.fileserver.portmap..",
                    "org.twinshare.fileserver.server..");

    @ArchTest
    static final ArchRule protocolsKnowNoTreeBelowTheSeam = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.twinshare.fileserver.nfs3..",
                    "org.twinshare.fileserver.mount3..",
                    "org.twinshare.fileserver.nlm4..",
                    "org.twinshare.fileserver.rpc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.twinshare.filestore.local..",
                    "org.twinshare.filestore.identity..",
                    "org.twinshare.filestore.posix..",
                    "org.twinshare.replication..");

    @ArchTest
    static final ArchRule keepsPicocliInTheCommandRoom = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .and()
            .resideOutsideOfPackage("org.twinshare.fileserver.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule keepsTheTerminalInTheCommandRoom = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .and()
            .resideOutsideOfPackage("org.twinshare.fileserver.command..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule callsNoNativeCode = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..");

    /** A name that a client sent is bytes, and only the filestore opens it. */
    @ArchTest
    static final ArchRule makesNoPathOfWhatAClientSent = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.twinshare.fileserver.rpc..",
                    "org.twinshare.fileserver.nfs3..",
                    "org.twinshare.fileserver.mount3..",
                    "org.twinshare.fileserver.nlm4..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.nio.file..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File");

    /** A name server must never be in the way of a call; the status page shows the name of this host itself. */
    @ArchTest
    static final ArchRule asksNoNameServerForAClient = noClasses()
            .that()
            .resideInAPackage(ROOM)
            .and()
            .doNotHaveFullyQualifiedName("org.twinshare.fileserver.server.StatusReport")
            .should()
            .callMethod(InetAddress.class, "getHostName")
            .orShould()
            .callMethod(InetAddress.class, "getCanonicalHostName");
}
