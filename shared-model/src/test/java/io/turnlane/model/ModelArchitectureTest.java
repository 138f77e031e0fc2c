package io.turnlane.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import io.turnlane.architecture.ModuleArchitecture;
import org.junit.jupiter.api.Test;

class ModelArchitectureTest extends ModuleArchitecture {

    ModelArchitectureTest() {
        super("model");
    }

    @Test
    void isIndependentOfFrameworks() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "io.lettuce..")
                .because("gateways, processors and tools share it"));
    }

    @Test
    void onlyTwoClassesDependOnJackson() {
        check(noClasses()
                .that()
                .haveNameNotMatching(".*\\.(WireFormat|IncomingJson).*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .because("WireFormat defines the JSON of all records, and IncomingJson checks foreign JSON"));
    }

    @Test
    void partsDependNeitherOnTheRecordsNorOnEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.model.*")
                .and()
                .resideOutsideOfPackage("io.turnlane.model.agent")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.model")
                .because("records use topics, JSON, addresses and the clock, which know no record"));
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.model")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.model.agent")
                .because("definitions of agents build on the records of turns, and not the other way round"));
        check(slices().matching("io.turnlane.model.(*)").should().notDependOnEachOther());
    }
}
