package io.turnlane.gateway.deliver;

import static io.turnlane.gateway.deliver.Events.R1;
import static io.turnlane.gateway.deliver.Events.R2;
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
 * Every order of a few events, with twins, late words, gaps and reconnections anywhere among them, against an oracle
 * that looks at all that came before. All orders of lengths up to six are tried; none is drawn.
 */
class EventReducerEveryOrderTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private static final ReducerStep GAP = new ReducerStep(null, "gap", 0, 0);
    private static final ReducerStep RECONNECT = new ReducerStep(null, "reconnect", 0, 0);

    /** An event, or what happens to the client between two. */
    private record ReducerStep(@Nullable RequestId request, String type, int attempt, int seq) {

        boolean isEvent() {
            return request != null;
        }

        boolean ends() {
            return type.equals("completed");
        }

        boolean later(ReducerStep other) {
            return attempt > other.attempt || (attempt == other.attempt && seq > other.seq);
        }
    }

    private static ReducerStep step(RequestId request, String type, int attempt, int seq) {
        return new ReducerStep(request, type, attempt, seq);
    }

    @Test
    void oneTurnInEveryOrderWithGapsAndReconnections() {
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
    void twoTurnsInEveryOrderWithGaps() {
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

    /** Lengthens the order by each step; gives how many orders there were. */
    private static int tryAll(List<ReducerStep> steps, int length, List<ReducerStep> order) {
        if (length == 0) {
            return 0;
        }
        int tried = 0;
        for (ReducerStep step : steps) {
            order.add(step);
            List<Boolean> shown = shown(order);
            int last = order.size() - 1;
            if (step.isEvent() && shown.get(last) != expected(order, last)) {
                throw new AssertionError("shown is " + shown + " of " + order);
            }
            tried += 1 + tryAll(steps, length - 1, order);
            order.removeLast();
        }
        return tried;
    }

    /** What a client is shown of each step. */
    private static List<Boolean> shown(List<ReducerStep> order) {
        EventReducer reducer = new EventReducer();
        List<Boolean> shown = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            ReducerStep step = order.get(i);
            if (step.isEvent()) {
                shown.add(reducer.accepts(Events.event(i, step.request(), step.attempt(), step.seq(), step.type())));
                continue;
            }
            shown.add(false);
            if (step == GAP) {
                reducer.gap();
            } else {
                String cursor = Cursor.of(SESSION, 0, i, reducer.state()).toString();
                reducer = new EventReducer(Cursor.parse(cursor));
            }
        }
        return shown;
    }

    /**
     * The oracle: an event is shown where its turn has no end yet, where it is news, and, if it is text, where the
     * client has the text before it. Of a turn that was never seen before a later one ran, nothing is.
     */
    private static boolean expected(List<ReducerStep> order, int at) {
        ReducerStep step = order.get(at);
        if (isOfAnEarlierTurn(order, at)) {
            return false;
        }
        List<ReducerStep> news = newsBefore(order, at);
        if (news.stream().anyMatch(ReducerStep::ends)) {
            return false;
        }
        boolean isNews = step.ends() || news.isEmpty() || step.later(news.getLast());
        return isNews && (!step.type().equals("delta") || hasTextBefore(order, at));
    }

    /** The first turn of the two runs first. */
    private static boolean isOfAnEarlierTurn(List<ReducerStep> order, int at) {
        List<RequestId> turns = order.subList(0, at + 1).stream()
                .filter(ReducerStep::isEvent)
                .map(ReducerStep::request)
                .toList();
        return turns.getLast() == R1 && turns.getFirst() == R2;
    }

    /** The events of the same turn that were no twins and not late when they came. */
    private static List<ReducerStep> newsBefore(List<ReducerStep> order, int at) {
        List<ReducerStep> news = new ArrayList<>();
        for (ReducerStep step : order.subList(0, at)) {
            boolean same = step.isEvent() && step.request().equals(order.get(at).request());
            if (same
                    && news.stream().noneMatch(ReducerStep::ends)
                    && (step.ends() || news.isEmpty() || step.later(news.getLast()))) {
                news.add(step);
            }
        }
        return news;
    }

    /** Goes back to the attempt's beginning, or to where the client came in; a gap on the way hides it. */
    private static boolean hasTextBefore(List<ReducerStep> order, int at) {
        ReducerStep step = order.get(at);
        List<ReducerStep> news = newsBefore(order, at);
        for (int i = at - 1; i >= 0; i--) {
            ReducerStep before = order.get(i);
            if (before == GAP) {
                return false;
            }
            if (!before.isEvent() || !before.request().equals(step.request()) || !isAmong(news, before, order, i)) {
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

    /** Whether it was news itself: twins of it don't count. */
    private static boolean isAmong(List<ReducerStep> news, ReducerStep step, List<ReducerStep> order, int at) {
        return news.contains(step) && !newsBefore(order, at).contains(step);
    }

    /**
     * Turns of a session run one after the other, but an owner that was replaced may say its last words much later.
     * With connections cut anywhere, a client is shown what one that never left is shown.
     */
    @Test
    void lateWordsOfAnEarlierTurnAreNotShownToAClientThatCameBack() {
        List<ReducerStep> log = List.of(
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "started", 2, 0),
                step(R1, "completed", 2, 1),
                step(R2, "started", 1, 0),
                step(R2, "delta", 1, 1),
                step(R2, "completed", 1, 2));
        List<ReducerStep> late = List.of(
                step(R1, "started", 1, 0),
                step(R1, "delta", 1, 1),
                step(R1, "delta", 1, 2),
                step(R1, "completed", 2, 1));
        List<String> differ = new ArrayList<>();
        for (ReducerStep word : late) {
            IntStream.rangeClosed(4, log.size()).forEach(at -> {
                List<ReducerStep> order = new ArrayList<>(log);
                order.add(at, word);
                for (int cut = 1; cut <= at; cut++) {
                    List<ReducerStep> broken = new ArrayList<>(order);
                    broken.add(cut, RECONNECT);
                    List<Boolean> shown = shown(broken);
                    shown.remove(cut);
                    if (!shown.equals(shown(order))) {
                        differ.add(word + " at " + at + ", cut at " + cut);
                    }
                }
            });
        }
        assertThat(differ).isEmpty();
    }
}
