package io.turnlane.chaos.load;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Turns that were accepted in a run. Any thread may call any method. */
public final class AcceptedTurns {

    private final Map<String, LoadTurn> turns = new ConcurrentHashMap<>();

    /** Returns the turn of a request; adds it if it is new. */
    LoadTurn add(ScriptedQuestion question, String request) {
        return turns.computeIfAbsent(request, _ -> new LoadTurn(question.session(), request, question.canary()));
    }

    @Nullable
    LoadTurn find(String request) {
        return turns.get(request);
    }

    public Collection<LoadTurn> all() {
        return List.copyOf(turns.values());
    }

    /** Returns sessions of some of these requests. */
    public List<String> sessionsOf(Set<String> requests, int most) {
        return turns.values().stream()
                .filter(turn -> requests.contains(turn.request()))
                .map(LoadTurn::session)
                .distinct()
                .limit(most)
                .toList();
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
