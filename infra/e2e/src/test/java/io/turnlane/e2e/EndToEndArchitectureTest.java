package io.turnlane.e2e;

import io.turnlane.architecture.ModuleArchitecture;

/** Rules for the code of the end-to-end tests. */
class EndToEndArchitectureTest extends ModuleArchitecture {

    EndToEndArchitectureTest() {
        super(
                location -> true,
                "e2e",
                "architecture..",
                "model..",
                "log..",
                "trace..",
                "store..",
                "backends..",
                "doubles..",
                "client..",
                "gateway..",
                "processor..",
                "standalone..");
    }

    @Override
    protected void packagesAreDescribed() {
        // Packages of tests need no description.
    }

    @Override
    protected void holdsNoStaticState() {
        // The tests of a class may share a Turnlane that runs before the first of them.
    }
}
