package io.turnlane.doubles;

import io.turnlane.architecture.ModuleArchitecture;

class DoublesArchitectureTest extends ModuleArchitecture {

    DoublesArchitectureTest() {
        super("doubles");
    }
}
