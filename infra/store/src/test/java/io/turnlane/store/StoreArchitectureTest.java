package io.turnlane.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.turnlane.architecture.ModuleArchitecture;
import org.junit.jupiter.api.Test;

/** Rules about the dependencies of the store. */
class StoreArchitectureTest extends ModuleArchitecture {

    StoreArchitectureTest() {
        super("store", "model..");
    }

    @Test
    void dependsNeitherOnKafkaNorOnSpringBoot() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "org.springframework.kafka..",
                        "org.springframework.boot..",
                        "org.springframework.context..")
                .because("gateways, processors and tools share it"));
    }

    @Test
    void whatAllPartsShareDependsOnNoPart() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.store")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.store.(*)..")
                .because("all parts share keys, scripts and stored values"));
    }

    @Test
    void timeIsInjected() {
        takesTheTimeFromAClock();
    }
}
