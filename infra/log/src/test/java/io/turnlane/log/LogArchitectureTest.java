package io.turnlane.log;

import io.turnlane.architecture.ModuleArchitecture;

class LogArchitectureTest extends ModuleArchitecture {

    LogArchitectureTest() {
        super("log", "model..");
    }
}
