package org.twinshare.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;

/** The walls of this module, as the house rules draw them. */
@AnalyzeClasses(packages = "org.twinshare", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule usesNothingOfOursButTheExports = noClasses()
            .that()
            .resideInAPackage("org.twinshare.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.twinshare.filestore..", "org.twinshare.replication..", "org.twinshare.fileserver..");

    @ArchTest
    static final ArchRule keepsRpcLibrariesInTheProbe = noClasses()
            .that()
            .resideInAPackage("org.twinshare.client..")
            .and()
            .resideOutsideOfPackage("org.twinshare.client.probe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.dcache..", "org.glassfish.grizzly..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule keepsPicocliInTheCommandRoom = noClasses()
            .that()
            .resideOutsideOfPackage("org.twinshare.client.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule keepsTheTerminalInTheCommandRoom = noClasses()
            .that()
            .resideOutsideOfPackage("org.twinshare.client.command..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule callsNoNativeCode =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule hasNoCyclesAmongPackages =
            slices().matching("org.twinshare.client.(*)..").should().beFreeOfCycles();
}
