package io.turnlane.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Rules about dependencies between packages. */
class ArchitectureTest {

    private static final String[] KAFKA = {"org.apache.kafka..", "org.springframework.kafka.."};
    private static final String[] REDIS = {"io.lettuce..", "org.springframework.data.redis.."};

    private final JavaClasses processor = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnlane.processor", "io.turnlane.model");

    @Test
    void theContractIsIndependentOfProcessorAndFrameworks() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.turnlane.processor..", "org.springframework..", "org.apache.kafka..", "io.lettuce..")
                .because("gateways, processors and tools share it")
                .check(processor);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.model..")
                .and()
                .haveNameNotMatching(".*\\.(WireFormat|IncomingJson).*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .because("WireFormat defines the JSON of all records, and IncomingJson checks foreign JSON")
                .check(processor);
    }

    @Test
    void partsOfTheContractDependNeitherOnItsRecordsNorOnEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.model.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.model")
                .because("records use topics, JSON, addresses and the clock, which know no record")
                .check(processor);
        slices().matching("io.turnlane.model.(*)")
                .should()
                .notDependOnEachOther()
                .check(processor);
    }

    @Test
    void agentsAreIndependentOfTheEngine() {
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
                .because("agents must be testable without the engine")
                .check(processor);
        noClasses()
                .that()
                .resideInAPackage("io.turnlane.processor.agent..")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("SessionMemory")
                .because("memory is passed to an agent, which never reads it itself")
                .check(processor);
    }

    @Test
    void lanesDependOnTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.turnlane.processor.lane..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.turnlane.processor.lane..", "java..", "org.jspecify..")
                .because("the order of turns must be testable without other packages")
                .check(processor);
    }

    @Test
    void turnsAreIndependentOfKafkaRedisAndSpring() {
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
                .because("replays run recorded turns without them")
                .check(processor);
    }

    @Test
    void onlyKafkaClassesDependOnKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.intake..", "io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Kafka")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KAFKA)
                .because("few classes depend on Kafka, and their names show it")
                .check(processor);
    }

    @Test
    void onlyRedisClassesDependOnRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..")
                .and()
                .haveSimpleNameNotStartingWith("Redis")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(REDIS)
                .because("few classes depend on Redis, and their names show it")
                .check(processor);
    }

    @Test
    void nothingDependsOnTheWiringAndOnlyTheWiringDependsOnTheIntake() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.turnlane.processor.system..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.system..")
                .because("other packages receive plain values as settings")
                .check(processor);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.processor.system..", "io.turnlane.processor.intake..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.processor.intake..")
                .because("offsets are internal; other packages use claims")
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
    void filesOfTurnsHaveNoCycles() {
        slices().assignedFrom(new FilesOf("io.turnlane.processor.turn"))
                .should()
                .beFreeOfCycles()
                .because("each class of a turn can be read after the classes that it uses")
                .check(processor);
    }

    /** Assigns each class of a package to its file. A nested class belongs to the file of its outermost class. */
    private record FilesOf(String packageName) implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().equals(packageName)
                    ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "files of " + packageName;
        }
    }

    @Test
    void timeIsInjected() {
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
                .because("tests control time; only the wiring and agents use the system clock")
                .check(processor);
    }

    @Test
    void namesAreSpecificAndConstructorsInject() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Utils?|Helper|DTO)")
                .because("such names fit any class")
                .check(processor);
        fields().should()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .because("objects receive their dependencies in the constructor")
                .check(processor);
    }
}
