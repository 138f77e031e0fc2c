package io.turnlane.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.turnlane.architecture.ModuleArchitecture;
import org.junit.jupiter.api.Test;

class StandaloneArchitectureTest extends ModuleArchitecture {

    StandaloneArchitectureTest() {
        super("standalone", "model..", "log..", "store..", "backends..", "client..", "gateway..", "processor..");
    }

    @Test
    void commandsMakeNoFencedWrites() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.store.memory..")
                .because("only the owner of a partition may write the memory of its sessions"));
    }

    @Test
    void partsDependOnNoCommand() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.standalone.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.standalone")
                .because("commands use options, messages and launchers, which know no command"));
    }
}
