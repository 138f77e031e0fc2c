package io.turnlane.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import io.turnlane.architecture.ModuleArchitecture;
import org.junit.jupiter.api.Test;

class ClientArchitectureTest extends ModuleArchitecture {

    ClientArchitectureTest() {
        super("client");
    }

    @Test
    void dependsOnlyOnTheJdkAndJackson() {
        check(classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.turnlane.client..",
                        "java..",
                        "tools.jackson..",
                        "com.fasterxml.jackson..",
                        "org.jspecify..")
                .because("applications that use it choose their own libraries"));
    }
}
