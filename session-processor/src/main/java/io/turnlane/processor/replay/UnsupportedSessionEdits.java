package io.turnlane.processor.replay;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.EditResult;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionEdits;
import org.jspecify.annotations.Nullable;

/** A replay runs questions; what else happened to their session is told by its past. */
final class UnsupportedSessionEdits implements SessionEdits {

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions terms) {
        throw none();
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions terms) {
        throw none();
    }

    @Override
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions terms) {
        throw none();
    }

    @Override
    public EditResult completeFork(FlightRef flight, ForkSession command, @Nullable TurnError error) {
        throw none();
    }

    @Override
    public void abandonFork(ForkSession command, TurnError error) {
        throw none();
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("only questions are run again");
    }
}
