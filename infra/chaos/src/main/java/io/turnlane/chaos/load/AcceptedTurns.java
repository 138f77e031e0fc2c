package io.turnlane.chaos.load;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Turns that were accepted in a run. Any thread may call any method. */
public final class AcceptedTurns {

    private final Map<String, LoadTurn> turns = new ConcurrentHashMap<>();
    private final Queue<Resumption> resumptions = new ConcurrentLinkedQueue<>();

    /** Returns the turn of a request; adds it if it is new. */
    LoadTurn add(ScriptedQuestion question, String request) {
        return turns.computeIfAbsent(request, _ -> new LoadTurn(question.session(), request, question.canary()));
    }

    @Nullable
    LoadTurn find(String request) {
        return turns.get(request);
    }

    void resumed(Resumption resumption) {
        resumptions.add(resumption);
    }

    /** Returns the recorded interruptions of streams. */
    public List<Resumption> resumptions() {
        return List.copyOf(resumptions);
    }

    public Collection<LoadTurn> all() {
        return List.copyOf(turns.values());
    }

    /** Returns the number of turns whose end a client has seen. */
    long ended() {
        return turns.values().stream().filter(LoadTurn::ended).count();
    }

    /** Returns the turns whose end no client has seen yet. */
    public List<LoadTurn> open() {
        return turns.values().stream().filter(turn -> !turn.ended()).toList();
    }
}
