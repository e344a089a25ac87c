package org.twinshare.filestore;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import org.junit.jupiter.api.Test;

/** The walls of this room. */
class ArchitectureTest {

    private static final JavaClasses ROOM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.twinshare.filestore");

    @Test
    void usesNothingOfOursAndNoLibraryButGuavaSlf4jAndJspecify() {
        classes()
                .should(onlyDependOnClassesThat(resideInAnyPackage(
                        "org.twinshare.filestore..", "java..", "com.google.common..", "org.slf4j..", "org.jspecify..")))
                .check(ROOM);
    }

    @Test
    void callsNativeFunctionsOnlyInPosixAndLmdb() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.twinshare.filestore.posix", "org.twinshare.filestore.lmdb")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign")
                .check(ROOM);
    }

    /** Linking a shape of arguments takes milliseconds of every start: there is one, for system calls and for LMDB. */
    @Test
    void linksNativeFunctionsInOnePlace() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.twinshare.filestore.posix.Kernel")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(ROOM);
    }

    @Test
    void hasNoPackageCyclesBelowTheSeam() {
        slices().matching("org.twinshare.filestore.(*)..")
                .should()
                .beFreeOfCycles()
                .check(ROOM);
    }

    @Test
    void buildsUpwardsFromSystemCallsToTheTree() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.twinshare..")
                .layer("words")
                .definedBy("org.twinshare.filestore")
                .layer("posix")
                .definedBy("org.twinshare.filestore.posix")
                .layer("lmdb")
                .definedBy("org.twinshare.filestore.lmdb")
                .layer("identity")
                .definedBy("org.twinshare.filestore.identity")
                .layer("local")
                .definedBy("org.twinshare.filestore.local")
                .whereLayer("local")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("identity")
                .mayOnlyBeAccessedByLayers("local")
                .whereLayer("lmdb")
                .mayOnlyBeAccessedByLayers("identity")
                .whereLayer("posix")
                .mayOnlyBeAccessedByLayers("lmdb", "identity", "local")
                .check(ROOM);
    }

    /** Names that a client sent are bytes: a Path would decode them. Only the state directory, which is ours, has paths. */
    @Test
    void makesNoPathsInTheTree() {
        noClasses()
                .that()
                .resideInAnyPackage("org.twinshare.filestore", "org.twinshare.filestore.posix")
                .or()
                .resideInAPackage("org.twinshare.filestore.local")
                .and()
                .doNotHaveSimpleName("LocalTree")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Path")
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
}
