package io.turnlane.processor.agent.remote;

import io.turnlane.doubles.HttpDouble;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import io.turnlane.store.memory.Memory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversation with a remote agent, through its factory. Its time limits are short. */
final class RemoteTalk implements AutoCloseable {

    static final SessionId SESSION = new SessionId("s-1");
    static final RequestId REQUEST = RequestId.parse("01920000-0000-7000-8000-000000000001");
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    final Queue<String> deltas = new ConcurrentLinkedQueue<>();
    final Queue<String> stages = new ConcurrentLinkedQueue<>();
    Map<String, Object> state = Map.of();
    private final List<PastTurn> history = new ArrayList<>();
    private final RemoteAgentFactory factory;

    RemoteTalk(String type, URI url) throws InvalidFieldException {
        this(type, Map.of("url", url.toString()));
    }

    /** @param fields further fields of the definition */
    RemoteTalk(String type, Map<String, Object> fields) throws InvalidFieldException {
        Map<String, Object> all = new HashMap<>(fields);
        all.put("type", type);
        all.putIfAbsent("timeouts", Map.of("connect", 1, "first", 1.5, "idle", 0.7, "total", 3));
        factory = new RemoteAgentFactory(
                AgentDefinition.read("support", all),
                secret -> secret.toString().contains("TOKEN") ? Optional.of("s3cret") : Optional.empty(),
                "USD");
    }

    /** Adds an answered turn to the history. */
    void remember(String question, String answer) {
        history.add(new PastTurn(
                new RequestId(new UUID(0, history.size() + 1)),
                RequestStatus.COMPLETED,
                question,
                answer,
                null,
                List.of(),
                Duration.ZERO,
                Instant.EPOCH));
    }

    /** Asks a question and waits for the answer. */
    Answer ask(String question) throws Exception {
        try {
            return begin(question).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    /** Asks a question on a new virtual thread, as the processor does. */
    Running begin(String question) {
        CurrentTurn turn = new CurrentTurn(REQUEST, SESSION, "alice", 2, TRACE);
        Running running = new Running(() -> turn.call(() -> factory.create()
                .answer(
                        new Question(question, Map.of("plan", "gold")),
                        new Memory(history, false, state),
                        new SentOutput())));
        running.thread = Thread.ofVirtual().start(running);
        return running;
    }

    /** Call of the agent that runs. */
    static final class Running extends FutureTask<Answer> {

        private Thread thread;

        Running(Callable<Answer> call) {
            super(call);
        }

        /** Interrupts the agent, as the processor does if the turn is cancelled. */
        void interrupt() {
            thread.interrupt();
        }
    }

    /** Returns the body of the last request. */
    static JsonNode lastBody(HttpDouble server) {
        return JsonMapper.shared().readTree(server.requests().getLast().body());
    }

    String text() {
        return String.join("", deltas);
    }

    @Override
    public void close() {
        factory.close();
    }

    private final class SentOutput implements AnswerSink {

        @Override
        public void stage(String stage) {
            stages.add(stage);
        }

        @Override
        public void delta(String text) {
            deltas.add(text);
        }

        @Override
        public void artifact(Map<String, Object> artifact) {
            throw new AssertionError("the agent sends no artifacts");
        }

        @Override
        public void toolCall(String tool, Duration duration, ToolOutcome outcome) {}

        @Override
        public void state(Map<String, Object> changed) {
            state = changed;
        }
    }
}
