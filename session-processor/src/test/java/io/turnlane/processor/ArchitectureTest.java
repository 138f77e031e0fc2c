package io.turnlane.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.turnlane.architecture.ModuleArchitecture;
import org.junit.jupiter.api.Test;

/** Rules about dependencies between packages. */
class ArchitectureTest extends ModuleArchitecture {

    private static final String[] KAFKA = {"org.apache.kafka..", "org.springframework.kafka.."};
    private static final String[] REDIS = {"io.lettuce..", "org.springframework.data.redis.."};

    ArchitectureTest() {
        super("processor", "model..", "log..", "trace..", "store..");
    }

    @Test
    void agentsAreIndependentOfTheEngine() {
        check(noClasses()
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
                .because("agents must be testable without the engine"));
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.agent..")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("SessionMemory")
                .because("memory is passed to an agent, which never reads it itself"));
    }

    @Test
    void lanesDependOnTheJdkOnly() {
        check(classes()
                .that()
                .resideInAPackage("io.turnlane.processor.lane..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.turnlane.processor.lane..", "java..", "org.jspecify..")
                .because("the order of turns must be testable without other packages"));
    }

    @Test
    void turnsAreIndependentOfKafkaRedisAndSpring() {
        check(noClasses()
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
                .because("replays run recorded turns without them"));
    }

    @Test
    void onlyKafkaClassesDependOnKafka() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.intake..", "io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Kafka")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KAFKA)
                .because("few classes depend on Kafka, and their names show it"));
    }

    @Test
    void onlyRedisClassesDependOnRedis() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Redis")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(REDIS)
                .because("few classes depend on Redis, and their names show it"));
    }

    @Test
    void nothingDependsOnTheWiringAndOnlyTheWiringDependsOnTheIntake() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.turnlane.processor.system..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.system..")
                .because("other packages receive plain values as settings"));
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..", "io.turnlane.processor.intake..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.intake..")
                .because("offsets are internal; other packages use claims"));
    }

    @Test
    void filesOfTurnsHaveNoCycles() {
        filesHaveNoCycles("io.turnlane.processor.turn");
    }

    @Test
    void timeIsInjected() {
        takesTheTimeFromAClock("io.turnlane.processor.system..", "io.turnlane.processor.agent..");
    }
}
