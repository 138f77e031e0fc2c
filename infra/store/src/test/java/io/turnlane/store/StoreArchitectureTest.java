package io.turnlane.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Rules about the dependencies of the store, each with its reason. */
class StoreArchitectureTest {

    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnlane.store");

    @Test
    void dependsOnNeitherGatewayNorProcessorNorKafka() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.turnlane.gateway..",
                        "io.turnlane.processor..",
                        "org.apache.kafka..",
                        "org.springframework.kafka..",
                        "org.springframework.boot..",
                        "org.springframework.context..")
                .because("gateways, processors and tools share it")
                .check(STORE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.turnlane.store.(*)..").should().beFreeOfCycles().check(STORE);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.store")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.store.(*)..")
                .because("all parts share keys, scripts and stored values")
                .check(STORE);
    }

    @Test
    void timeIsInjected() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .because("tests control time")
                .check(STORE);
    }

    @Test
    void namesAreSpecificAndNothingIsMutableAndStatic() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Utils?|Helper|DTO)")
                .because("such names fit any class")
                .check(STORE);
        fields().that()
                .areStatic()
                .should()
                .beFinal()
                .because("a gateway and a processor can live in one JVM")
                .check(STORE);
    }
}
