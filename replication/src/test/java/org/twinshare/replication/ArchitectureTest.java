package org.twinshare.replication;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;

/** The walls of this room. */
@AnalyzeClasses(packages = "org.twinshare.replication", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule usesOfOursTheFileStoreOnly = classes()
            .should(onlyDependOnClassesThat(resideInAnyPackage(
                    "org.twinshare.replication..",
                    "org.twinshare.filestore..",
                    "java..",
                    "javax.net.ssl..",
                    "com.google.common..",
                    "org.slf4j..",
                    "org.jspecify..")));

    @ArchTest
    static final ArchRule hasNoCyclesAmongPackages =
            slices().matching("org.twinshare.replication.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theJournalKnowsNothingOfWhatItsRecordsSay = noClasses()
            .that()
            .resideInAPackage("..journal..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..record..", "..namespace..");

    @ArchTest
    static final ArchRule callsTheKernelThroughTheFileStore =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule systemCallsAreMadeForTheDisksOfJournalAndRoleAndTheServiceAddressOnly = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(LinuxDisk|RoleFile|KernelAddress)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.twinshare.filestore.posix..");

    @ArchTest
    static final ArchRule writesToNoStandardStream = noClasses().should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);
}
