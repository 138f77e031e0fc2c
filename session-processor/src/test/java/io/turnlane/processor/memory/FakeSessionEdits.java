package io.turnlane.processor.memory;

import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.TurnError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Says what it is told to say, and keeps what it was asked. */
public final class FakeSessionEdits implements SessionEdits {

    public final Deque<EditResult> results = new ArrayDeque<>();
    public final List<String> calls = new ArrayList<>();

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions terms) {
        return said("update" + (terms.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions terms) {
        return said("replace" + (terms.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions terms) {
        return said("take" + (terms.lossRuledOut() ? " sure" : ""));
    }

    @Override
    public EditResult completeFork(FlightRef flight, ForkSession command, TurnError error) {
        return said(error == null ? "taken" : "taken " + error.code());
    }

    @Override
    public void abandonFork(ForkSession command, TurnError error) {
        calls.add("free");
    }

    private EditResult said(String what) {
        calls.add(what);
        return results.isEmpty() ? new EditResult.EditEnded(what.contains("_")) : results.removeFirst();
    }
}
