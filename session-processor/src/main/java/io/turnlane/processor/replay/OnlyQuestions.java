package io.turnlane.processor.replay;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.Edited;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.SessionEdits;
import org.jspecify.annotations.Nullable;

/** A replay runs questions; what else happened to their session is told by its past. */
final class OnlyQuestions implements SessionEdits {

    @Override
    public Edited update(FlightRef flight, UpdateSession command, Terms terms) {
        throw none();
    }

    @Override
    public Edited replace(FlightRef flight, ImportSession command, Terms terms) {
        throw none();
    }

    @Override
    public Edited take(FlightRef flight, ForkSession command, Terms terms) {
        throw none();
    }

    @Override
    public Edited taken(FlightRef flight, ForkSession command, @Nullable TurnError error) {
        throw none();
    }

    @Override
    public void free(ForkSession command, TurnError error) {
        throw none();
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("only questions are run again");
    }
}
