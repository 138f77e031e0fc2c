package io.turnlane.trace;

import io.turnlane.architecture.ModuleArchitecture;

class TraceArchitectureTest extends ModuleArchitecture {

    TraceArchitectureTest() {
        super("trace");
    }
}
