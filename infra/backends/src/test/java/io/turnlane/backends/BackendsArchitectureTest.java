package io.turnlane.backends;

import io.turnlane.architecture.ModuleArchitecture;

class BackendsArchitectureTest extends ModuleArchitecture {

    BackendsArchitectureTest() {
        super("backends");
    }
}
