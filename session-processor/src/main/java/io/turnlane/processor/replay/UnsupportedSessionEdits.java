package io.turnlane.processor.replay;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import io.turnlane.store.memory.EditResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.SessionEdits;
import org.jspecify.annotations.Nullable;

/**
 * Throws an exception for every command that is not a question, because a replay runs only questions. The reconstructed
 * session already contains the effects of other commands.
 */
public final class UnsupportedSessionEdits implements SessionEdits {

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions conditions) {
        throw unsupported();
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions conditions) {
        throw unsupported();
    }

    @Override
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions conditions) {
        throw unsupported();
    }

    @Override
    public EditResult completeFork(FlightRef flight, ForkSession command, @Nullable TurnError error) {
        throw unsupported();
    }

    @Override
    public void abandonFork(ForkSession command, TurnError error) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("a replay runs only questions");
    }
}
