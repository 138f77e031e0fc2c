package io.turnlane.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.turnlane.architecture.ModuleArchitecture;
import io.turnlane.gateway.problem.EventsUnavailableException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Dependency rules between the packages of the gateway, each with its reason. */
class GatewayArchitectureTest extends ModuleArchitecture {

    GatewayArchitectureTest() {
        super("gateway", "model..", "log..", "trace..", "store..");
    }

    @Test
    void onlyKafkaClassesDependOnKafka() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("..system..")
                .and()
                .haveNameNotMatching(".*\\.(Kafka\\w*|EventFollower|LogPass|LogReader)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..")
                .because("few classes depend on Kafka, and the HTTP classes can be understood without it"));
    }

    @Test
    void onlyRedisClassesDependOnRedis() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("..system..")
                .and()
                .haveNameNotMatching(".*\\.Redis\\w*(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "org.springframework.data.redis..")
                .because("few classes depend on Redis"));
    }

    @Test
    void makesNoFencedWrites() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.store.memory..")
                .because("only the owner of a partition may write the memory of its sessions"));
    }

    @Test
    void deliveryDependsOnNoPackageThatHandlesCalls() {
        check(noClasses()
                .that()
                .resideInAPackage("..deliver..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.turnlane.gateway..")
                        .and(not(resideInAnyPackage("io.turnlane.gateway.turns.deliver.."))
                                .and(not(type(EventsUnavailableException.class)))))
                .because("other packages subscribe before they publish, so that the dependency has one direction"));
    }

    @Test
    void guardsDependNeitherOnTheTurnsNorOnTheOperations() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.gateway.guard..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.turnlane.gateway.turns..", "io.turnlane.gateway.operations..")
                .because("a guard knows the caller and the call, and no turn"));
    }

    @Test
    void noPackageDependsOnTheOperations() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.turnlane.gateway.operations..", "io.turnlane.gateway.system..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.turnlane.gateway.operations..")
                .because("turns can be read and tested without the endpoints of operators"));
    }

    @Test
    void everyPackageBelongsToAGroup() {
        check(classes()
                .that()
                .doNotHaveSimpleName("package-info")
                .should()
                .resideInAnyPackage(
                        "io.turnlane.gateway",
                        "io.turnlane.gateway.turns.*",
                        "io.turnlane.gateway.guard.*",
                        "io.turnlane.gateway.operations.*",
                        "io.turnlane.gateway.problem",
                        "io.turnlane.gateway.kafka",
                        "io.turnlane.gateway.system..")
                .because("the folders show the parts that carry turns, guard them and serve operators"));
    }

    @Test
    void noPackageDependsOnTheWiring() {
        check(noClasses()
                .that()
                .resideInAPackage("io.turnlane.gateway.(*)..")
                .and()
                .resideOutsideOfPackage("..system..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..gateway.system..")
                .because("the core receives plain values"));
        check(methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .beDeclaredInClassesThat()
                .resideInAPackage("..system..")
                .because("all components of the gateway are declared in one place"));
        check(classes()
                .that()
                .areAnnotatedWith(ConfigurationProperties.class)
                .should()
                .resideInAPackage("..system.."));
    }

    @Test
    void timeIsInjected() {
        takesTheTimeFromAClock("io.turnlane.gateway.system..");
    }

    @Test
    void controllersAreNotPublic() {
        check(classes().that().haveSimpleNameEndingWith("Controller").should().notBePublic());
    }
}
