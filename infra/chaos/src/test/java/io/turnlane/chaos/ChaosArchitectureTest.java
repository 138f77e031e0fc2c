package io.turnlane.chaos;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.turnlane.architecture.ModuleArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosArchitectureTest extends ModuleArchitecture {

    ChaosArchitectureTest() {
        super("chaos", "model..", "log..", "store..", "backends..", "gateway..", "processor..", "standalone..");
    }

    @Test
    void theCheckerUsesOnlyTheHistory() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.chaos.check..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.turnlane..")
                        .and(resideOutsideOfPackages("io.turnlane.chaos.check..", "io.turnlane.chaos.history..")))
                .because("it judges a run by the lines of the run, and shares no code with Turnlane or the rig"));
    }

    @Test
    void proxiesAndTheHistoryUseNoOtherPackage() {
        for (String own : List.of("io.turnlane.chaos.proxy..", "io.turnlane.chaos.history..")) {
            check(noClasses()
                    .that()
                    .resideInAPackage(own)
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.turnlane..").and(resideOutsideOfPackage(own))));
        }
    }

    @Test
    void noFileIsInACycle() {
        filesHaveNoCycles("io.turnlane.chaos..");
    }
}
