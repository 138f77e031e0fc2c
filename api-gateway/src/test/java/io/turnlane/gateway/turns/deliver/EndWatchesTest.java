package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.trace.Traces;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EndWatchesTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private final EndWatches watches = new EndWatches();
    private final BoundedWaits waits = new BoundedWaits();

    private EndWatch open(RequestId request) {
        EndWatch watch =
                new EndWatch(SESSION, 0, request, waits.create(), new DeliverySpans(Traces.NONE), watches::remove);
        watches.add(watch);
        return watch;
    }

    private static LoggedEvent end(EndWatch watch) throws InterruptedException {
        return watch.await(Duration.ZERO);
    }

    @Test
    void endsAllWatchesOfTheRequestAndNoOthers() throws Exception {
        EndWatch first = open(Events.R1);
        EndWatch second = open(Events.R1);
        EndWatch other = open(Events.R2);
        LoggedEvent terminal = Events.event(2, Events.R1, 1, 9, "completed");
        watches.end(SESSION.toString(), terminal);
        assertThat(end(first)).isSameAs(terminal);
        assertThat(end(second)).isSameAs(terminal);
        assertThat(end(other)).isNull();
    }

    @Test
    void ignoresAnEventOfAnotherSession() throws Exception {
        EndWatch watch = open(Events.R1);
        String other = SessionKey.of("somebody", new SessionId("s")).toString();
        watches.end(other, Events.event(2, Events.R1, 1, 9, "completed"));
        assertThat(end(watch)).isNull();
    }

    @Test
    void aStoppedWatchHasNoEvent() throws Exception {
        EndWatch watch = open(Events.R1);
        watches.stopIf(_ -> true);
        assertThat(watch.await(Duration.ofSeconds(10))).isNull();
    }

    @Test
    void forgetsAClosedWatch() {
        EndWatch first = open(Events.R1);
        EndWatch second = open(Events.R1);
        first.close();
        assertThat(watches.isEmpty()).isFalse();
        second.close();
        assertThat(watches.isEmpty()).isTrue();
    }
}
