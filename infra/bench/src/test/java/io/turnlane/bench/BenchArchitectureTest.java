package io.turnlane.bench;

import io.turnlane.architecture.ModuleArchitecture;

class BenchArchitectureTest extends ModuleArchitecture {

    BenchArchitectureTest() {
        super("bench", "model..", "log..", "backends..", "processor..", "standalone..");
    }
}
