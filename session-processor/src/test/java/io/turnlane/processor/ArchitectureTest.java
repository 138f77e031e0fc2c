package io.turnlane.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who must not know whom. */
class ArchitectureTest {

    private static final String[] KAFKA = {"org.apache.kafka..", "org.springframework.kafka.."};
    private static final String[] REDIS = {"io.lettuce..", "org.springframework.data.redis.."};

    private final JavaClasses processor = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnlane.processor", "io.turnlane.model");

    @Test
    void theContractKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.turnlane.processor..", "org.springframework..", "org.apache.kafka..", "io.lettuce..")
                .because("gateways, processors and tools of any kind share it")
                .check(processor);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.model..")
                .and()
                .haveNameNotMatching(".*\\.WireFormat.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .because("how records look in JSON stands in one place")
                .check(processor);
    }

    @Test
    void agentsKnowQuestionsMemoryAndTheirSinkOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.turnlane.processor.turn..",
                        "io.turnlane.processor.lane..",
                        "io.turnlane.processor.intake..",
                        "io.turnlane.processor.events..",
                        "io.turnlane.processor.quarantine..",
                        "io.turnlane.processor.system..",
                        "org.springframework..",
                        "org.apache.kafka..",
                        "io.lettuce..")
                .because("an agent is answerable with a list in a unit test")
                .check(processor);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.agent..")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("SessionMemory")
                .because("memory is handed to an agent, never fetched by it")
                .check(processor);
    }

    @Test
    void lanesKnowTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.turnlane.processor.lane..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.turnlane.processor.lane..", "java..", "org.jspecify..")
                .because("order must be provable alone")
                .check(processor);
    }

    @Test
    void aTurnRunsWithoutBrokerRedisAndSpring() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.turn..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "org.apache.kafka..",
                        "io.lettuce..",
                        "io.turnlane.processor.intake..",
                        "io.turnlane.processor.system..")
                .because("a recorded turn can then be run again anywhere")
                .check(processor);
    }

    @Test
    void kafkaIsKnownAtTheEdgesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.intake..", "io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Kafka")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KAFKA)
                .because("the edge is countable")
                .check(processor);
    }

    @Test
    void redisIsKnownAtTheEdgesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Redis")
                .and()
                .doNotHaveSimpleName("StoredMemory")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(REDIS)
                .because("the edge is countable")
                .check(processor);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.memory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KAFKA)
                .because("memory knows no log")
                .check(processor);
    }

    @Test
    void nobodyKnowsTheWiringAndOnlyTheWiringKnowsTheIntake() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.turnlane.processor.system..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.system..")
                .because("the core takes plain values")
                .check(processor);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..", "io.turnlane.processor.intake..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.intake..")
                .because("offsets stay inside; others see a claim")
                .check(processor);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.turnlane.processor.(*)..")
                .should()
                .beFreeOfCycles()
                .check(processor);
    }

    @Test
    void timeComesInByHand() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..", "io.turnlane.processor.agent..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .because("tests move time; only the wiring and an agent's own waiting use the real one")
                .check(processor);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Utils?|Helper|DTO)")
                .because("such a name fits anything")
                .check(processor);
        fields().should()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .because("what an object needs, its constructor takes")
                .check(processor);
    }
}
