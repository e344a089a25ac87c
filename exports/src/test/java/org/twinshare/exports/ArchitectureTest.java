package org.twinshare.exports;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** The walls of this room. */
class ArchitectureTest {

    private static final JavaClasses ROOM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.twinshare.exports");

    @Test
    void usesNothingOfOursAndNoLibraryButGuavaSlf4jAndJspecify() {
        classes()
                .should(onlyDependOnClassesThat(resideInAnyPackage(
                        "org.twinshare.exports..", "java..", "com.google.common..", "org.slf4j..", "org.jspecify..")))
                .check(ROOM);
    }

    @Test
    void hasNoPackageCycles() {
        slices().matching("org.twinshare.(**)").should().beFreeOfCycles().check(ROOM);
    }

    @Test
    void buildsUpwardsFromValuesToDecisions() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.twinshare..")
                .layer("client")
                .definedBy("org.twinshare.exports.client")
                .layer("options")
                .definedBy("org.twinshare.exports.options")
                .layer("file")
                .definedBy("org.twinshare.exports.file")
                .layer("names")
                .definedBy("org.twinshare.exports.names")
                .layer("table")
                .definedBy("org.twinshare.exports.table")
                .whereLayer("table")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("file")
                .mayOnlyBeAccessedByLayers("table")
                .whereLayer("names")
                .mayOnlyBeAccessedByLayers("table")
                .whereLayer("options")
                .mayOnlyBeAccessedByLayers("file", "table")
                .whereLayer("client")
                .mayOnlyBeAccessedByLayers("file", "names", "table")
                .check(ROOM);
    }

    @Test
    void writesToNoStandardStream() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(ROOM);
    }

    @Test
    void asksNoNameServerButThroughGetent() {
        noClasses()
                .should()
                .callMethod(InetAddress.class, "getByName", String.class)
                .orShould()
                .callMethod(InetAddress.class, "getAllByName", String.class)
                .orShould()
                .callMethod(InetAddress.class, "getHostName")
                .orShould()
                .callMethod(InetAddress.class, "getCanonicalHostName")
                .check(ROOM);
    }

    @Test
    void opensFilesOnlyToReadTheTable() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.twinshare.exports.file.ExportsReader")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .check(ROOM);
    }
}
