package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.agent.TerminalAgentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The state that an agent sets in a session is stored with the answer, and the session's next turn receives it. */
class AgentStateTest extends TurnTests {

    private static final Map<String, Object> CART = Map.of("cart", List.of("tea"), "step", 1);

    @Test
    void theNextTurnReceivesTheStateOfTheLastOne() {
        agent = (question, remembered, sink) -> {
            assertThat(remembered.state()).isEmpty();
            sink.state(Map.of("step", 0));
            sink.state(CART);
            return Answer.ofText("stored");
        };
        run();
        assertThat(stored()).isEqualTo(CART);
        assertThat(((TurnEvent.Completed) events.getLast().body()).states().of("test"))
                .isEqualTo(CART);

        agent = (question, remembered, sink) -> {
            assertThat(remembered.state()).isEqualTo(CART);
            return Answer.ofText("read");
        };
        assertThat(next()).isEqualTo("read");
        assertThat(stored()).as("unchanged").isEqualTo(CART);
        assertThat(((TurnEvent.Completed) events.getLast().body()).states()).isNull();

        agent = (question, remembered, sink) -> {
            sink.state(Map.of());
            return Answer.ofText("removed");
        };
        next();
        assertThat(stored()).isEmpty();
    }

    @Test
    void anAgentDoesNotSeeTheStateOfAnotherOne() {
        AgentStates other = AgentStates.NONE.with("other", Map.of("secret", 1));
        memory.setStates(ask.key(), other);
        agent = (question, remembered, sink) -> {
            assertThat(remembered.state()).isEmpty();
            sink.state(CART);
            return Answer.ofText("stored");
        };
        run();
        assertThat(memory.states(ask.key())).isEqualTo(other.with("test", CART));
    }

    @Test
    void theStoredStateIsACopy() {
        List<Object> items = new ArrayList<>(List.of("tea"));
        Map<String, Object> live = new HashMap<>(Map.of("step", 1, "items", items));
        agent = (question, remembered, sink) -> {
            sink.state(live);
            live.put("step", 2);
            items.add("milk");
            return Answer.ofText("stored");
        };
        run();
        assertThat(stored()).isEqualTo(Map.of("step", 1, "items", List.of("tea")));
    }

    @Test
    void aFailedTurnLeavesTheStateUnchanged() {
        memory.setStates(ask.key(), AgentStates.NONE.with("test", CART));
        agent = (question, remembered, sink) -> {
            sink.state(Map.of("step", 9));
            throw new TerminalAgentException(ErrorCode.AGENT_ERROR, "no");
        };
        run();
        assertThat(error()).isEqualTo("agent_error");
        assertThat(stored()).isEqualTo(CART);
    }

    @Test
    void aStateOfUpTo64KiBIsStored() {
        agent = (question, remembered, sink) -> {
            sink.state(Map.of("a", "x".repeat(AgentStates.MAX_BYTES - "{'a':''}".length())));
            return Answer.ofText("stored");
        };
        run();
        assertThat(stored()).hasSize(1);

        agent = (question, remembered, sink) -> {
            sink.state(Map.of("a", "x".repeat(AgentStates.MAX_BYTES - "{'a':''}".length() + 1)));
            return Answer.ofText("too large");
        };
        next();
        assertThat(error()).isEqualTo("state_too_large");
        assertThat((String) stored().get("a")).hasSize(AgentStates.MAX_BYTES - "{'a':''}".length());
    }

    @Test
    void aStateThatIsNotJsonFailsTheTurn() {
        for (Object invalid : List.of(Double.NaN, new Object(), "half \ud83d")) {
            agent = (question, remembered, sink) -> {
                sink.state(Map.of("a", invalid));
                return Answer.ofText("invalid");
            };
            next();
            assertThat(error()).isEqualTo("invalid_state");
        }
        assertThat(stored()).isEmpty();
    }

    /** The processor stored the answer and crashed before it published the event. */
    @Test
    void theEventOfARedeliveredTurnHasTheStateToo() {
        agent = (question, remembered, sink) -> {
            sink.state(CART);
            return Answer.ofText("stored");
        };
        run();
        events.clear();
        run();
        assertThat(calls).hasValue(1);
        assertThat(((TurnEvent.Completed) events.getLast().body()).states().of("test"))
                .isEqualTo(CART);
    }

    /** Asks the next question of the session. Returns the text of the answer; empty if there is none. */
    private String next() {
        Ask next = ask("next");
        run(turn(next, wire.write(next)));
        return events.getLast().body() instanceof TurnEvent.Completed completed
                ? completed.answer().text()
                : "";
    }

    private String error() {
        return ((TurnEvent.Failed) events.getLast().body()).error().code();
    }

    private Map<String, Object> stored() {
        return memory.states(ask.key()).of("test");
    }
}
