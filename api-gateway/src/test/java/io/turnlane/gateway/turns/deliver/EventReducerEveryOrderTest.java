package io.turnlane.gateway.turns.deliver;

import static io.turnlane.gateway.turns.deliver.Events.R1;
import static io.turnlane.gateway.turns.deliver.Events.R2;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tries every order of a few events, with duplicates, late events, gaps and reconnections anywhere among them, against
 * an oracle that considers all earlier steps. Covers all orders of up to six steps; none is random.
 */
class EventReducerEveryOrderTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private static final ReducerStep GAP = new ReducerStep(null, "gap", 0, 0);
    private static final ReducerStep RECONNECT = new ReducerStep(null, "reconnect", 0, 0);

    /** Event, or a gap or reconnection between two events. */
    private record ReducerStep(@Nullable RequestId request, String type, int attempt, int seq) {

        boolean isEvent() {
            return request != null;
        }

        boolean ends() {
            return type.equals("completed");
        }

        boolean isLaterThan(ReducerStep other) {
            return attempt > other.attempt || (attempt == other.attempt && seq > other.seq);
        }
    }

    private static ReducerStep step(RequestId request, String type, int attempt, int seq) {
        return new ReducerStep(request, type, attempt, seq);
    }

    @Test
    void deliversOneTurnInEveryOrderWithGapsAndReconnections() {
        List<ReducerStep> steps = List.of(
                step(R1, "queued", 0, 0),
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "delta", 1, 2),
                step(R1, "completed", 1, 3),
                step(R1, "started", 2, 0),
                step(R1, "delta", 2, 1),
                step(R1, "completed", 2, 0),
                GAP,
                RECONNECT);
        assertThat(tryAll(steps, 6, new ArrayList<>())).isEqualTo(1_111_110);
    }

    @Test
    void deliversTwoTurnsInEveryOrderWithGaps() {
        List<ReducerStep> steps = List.of(
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "completed", 1, 2),
                step(R1, "started", 2, 0),
                step(R2, "started", 1, 0),
                step(R2, "delta", 1, 1),
                step(R2, "completed", 1, 2),
                GAP);
        assertThat(tryAll(steps, 6, new ArrayList<>())).isEqualTo(299_592);
    }

    /** Extends the order by each step in turn. Returns the number of orders tried. */
    private static int tryAll(List<ReducerStep> steps, int length, List<ReducerStep> order) {
        if (length == 0) {
            return 0;
        }
        int tried = 0;
        for (ReducerStep step : steps) {
            order.add(step);
            List<Boolean> delivered = delivered(order);
            int last = order.size() - 1;
            if (step.isEvent() && delivered.get(last) != isExpected(order, last)) {
                throw new AssertionError("delivered " + delivered + " of " + order);
            }
            tried += 1 + tryAll(steps, length - 1, order);
            order.removeLast();
        }
        return tried;
    }

    /** Returns for each step if the client receives it. */
    private static List<Boolean> delivered(List<ReducerStep> order) {
        EventReducer reducer = new EventReducer();
        List<Boolean> delivered = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            ReducerStep step = order.get(i);
            if (step.isEvent()) {
                delivered.add(
                        reducer.accepts(Events.event(i, step.request(), step.attempt(), step.seq(), step.type())));
                continue;
            }
            delivered.add(false);
            if (step == GAP) {
                reducer.gap();
            } else {
                String cursor = Cursor.of(SESSION, 0, i, reducer.state()).toString();
                reducer = new EventReducer(Cursor.parse(cursor));
            }
        }
        return delivered;
    }

    /**
     * Oracle: a client receives an event if its turn has not ended and the event is new. If the event is text, the
     * client must also have all text before it. A client receives nothing of a turn that it sees for the first time
     * after a later turn ran.
     */
    private static boolean isExpected(List<ReducerStep> order, int at) {
        ReducerStep step = order.get(at);
        if (isOfEarlierTurn(order, at)) {
            return false;
        }
        List<ReducerStep> news = newsBefore(order, at);
        if (news.stream().anyMatch(ReducerStep::ends)) {
            return false;
        }
        boolean isNews = step.ends() || news.isEmpty() || step.isLaterThan(news.getLast());
        return isNews && (!step.type().equals("delta") || hasTextBefore(order, at));
    }

    /** R1 runs before R2. */
    private static boolean isOfEarlierTurn(List<ReducerStep> order, int at) {
        List<RequestId> turns = order.subList(0, at + 1).stream()
                .filter(ReducerStep::isEvent)
                .map(ReducerStep::request)
                .toList();
        return turns.getLast() == R1 && turns.getFirst() == R2;
    }

    /** Returns the earlier events of the same turn that were neither duplicates nor late when they arrived. */
    private static List<ReducerStep> newsBefore(List<ReducerStep> order, int at) {
        List<ReducerStep> news = new ArrayList<>();
        for (ReducerStep step : order.subList(0, at)) {
            boolean same = step.isEvent() && step.request().equals(order.get(at).request());
            if (same
                    && news.stream().noneMatch(ReducerStep::ends)
                    && (step.ends() || news.isEmpty() || step.isLaterThan(news.getLast()))) {
                news.add(step);
            }
        }
        return news;
    }

    /**
     * Returns true if the client has all text before this step. Searches backwards for the attempt's beginning, or to
     * the client's connection; a gap on the way hides the beginning.
     */
    private static boolean hasTextBefore(List<ReducerStep> order, int at) {
        ReducerStep step = order.get(at);
        List<ReducerStep> news = newsBefore(order, at);
        for (int i = at - 1; i >= 0; i--) {
            ReducerStep before = order.get(i);
            if (before == GAP) {
                return false;
            }
            if (!before.isEvent() || !before.request().equals(step.request()) || !isNew(news, before, order, i)) {
                continue;
            }
            if (before.attempt() == step.attempt() && before.type().equals("started")) {
                return true;
            }
            if (before.attempt() != step.attempt() && before.attempt() != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if this step itself was new; duplicates of it do not count. */
    private static boolean isNew(List<ReducerStep> news, ReducerStep step, List<ReducerStep> order, int at) {
        return news.contains(step) && !newsBefore(order, at).contains(step);
    }

    /**
     * Turns of a session run one after the other, but events of a previous owner may arrive much later. A client that
     * reconnects anywhere must receive the same events as a client that stays connected.
     */
    @Test
    void hidesLateEventsOfAnEarlierTurnFromAReconnectedClient() {
        List<ReducerStep> log = List.of(
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "started", 2, 0),
                step(R1, "completed", 2, 1),
                step(R2, "started", 1, 0),
                step(R2, "delta", 1, 1),
                step(R2, "completed", 1, 2));
        List<ReducerStep> lateEvents = List.of(
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "delta", 1, 2),
                step(R1, "completed", 2, 1));
        List<String> differences = new ArrayList<>();
        for (ReducerStep lateEvent : lateEvents) {
            IntStream.rangeClosed(4, log.size()).forEach(at -> {
                List<ReducerStep> order = new ArrayList<>(log);
                order.add(at, lateEvent);
                for (int cut = 1; cut <= at; cut++) {
                    List<ReducerStep> reconnected = new ArrayList<>(order);
                    reconnected.add(cut, RECONNECT);
                    List<Boolean> delivered = delivered(reconnected);
                    delivered.remove(cut);
                    if (!delivered.equals(delivered(order))) {
                        differences.add(lateEvent + " at " + at + ", cut at " + cut);
                    }
                }
            });
        }
        assertThat(differences).isEmpty();
    }
}
