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

    public final Deque<Edited> says = new ArrayDeque<>();
    public final List<String> asked = new ArrayList<>();

    @Override
    public Edited update(FlightRef flight, UpdateSession command, Terms terms) {
        return said("update" + (terms.sure() ? " sure" : ""));
    }

    @Override
    public Edited replace(FlightRef flight, ImportSession command, Terms terms) {
        return said("replace" + (terms.sure() ? " sure" : ""));
    }

    @Override
    public Edited take(FlightRef flight, ForkSession command, Terms terms) {
        return said("take" + (terms.sure() ? " sure" : ""));
    }

    @Override
    public Edited taken(FlightRef flight, ForkSession command, TurnError error) {
        return said(error == null ? "taken" : "taken " + error.code());
    }

    @Override
    public void free(ForkSession command, TurnError error) {
        asked.add("free");
    }

    private Edited said(String what) {
        asked.add(what);
        return says.isEmpty() ? new Edited.Done(what.contains("_")) : says.removeFirst();
    }
}
