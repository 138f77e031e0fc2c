package io.turnlane.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class StandaloneArchitectureTest {

    private static final JavaClasses STANDALONE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnlane.standalone");

    @Test
    void commandsMakeNoFencedWrites() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.store.memory..")
                .because("only the owner of a partition may write the memory of its sessions")
                .check(STANDALONE);
    }

    @Test
    void partsDependOnNoCommandAndHaveNoCycles() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.standalone.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.standalone")
                .because("commands use options, messages and launchers, which know no command")
                .check(STANDALONE);
        slices().matching("io.turnlane.standalone.(*)")
                .should()
                .beFreeOfCycles()
                .check(STANDALONE);
    }
}
