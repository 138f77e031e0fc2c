package io.turnlane.store.memory;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** Records calls and returns prepared results. */
public final class FakeSessionEdits implements SessionEdits {

    public final Deque<EditResult> results = new ArrayDeque<>();
    public final List<String> calls = new ArrayList<>();

    private Supplier<? extends RuntimeException> failure;

    /** Makes every edit throw an exception that no caller expects. */
    public void failWith(Supplier<? extends RuntimeException> exception) {
        failure = exception;
    }

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions conditions) {
        return nextResult("update" + (conditions.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions conditions) {
        return nextResult("replace" + (conditions.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions conditions) {
        return nextResult("take" + (conditions.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult completeFork(FlightRef flight, ForkSession command, TurnError error) {
        return nextResult(error == null ? "taken" : "taken " + error.code());
    }

    @Override
    public void abandonFork(ForkSession command, TurnError error) {
        calls.add("free");
    }

    private EditResult nextResult(String what) {
        if (failure != null) {
            throw failure.get();
        }
        calls.add(what);
        return results.isEmpty() ? new EditResult.EditEnded(what.contains("_")) : results.removeFirst();
    }
}
