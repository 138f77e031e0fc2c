package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.util.List;

/**
 * Answers {@code echo: <question>} after {@code metadata.delay_ms} (default 0, at most one hour). The agent sends the
 * answer in {@code metadata.deltas} pieces (default 1, at most 10,000), which are spread over the delay. Intended for
 * tests, benchmarks and first steps.
 */
public final class EchoAgent implements Agent {

    private static final String DELAY = "delay_ms";
    private static final int MAX_DELAY_MS = 3_600_000;
    private static final int MAX_DELTAS = 10_000;

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception {
        int delayMs = number(question, DELAY, 0, 0, MAX_DELAY_MS);
        int deltas = number(question, "deltas", 1, 1, MAX_DELTAS);
        String text = "echo: " + question.text();
        int length = text.codePointCount(0, text.length());
        long start = System.nanoTime();
        int from = 0;
        for (int i = 1; i <= deltas; i++) {
            waitUntil(start + Duration.ofMillis((long) delayMs * i / deltas).toNanos());
            int to = text.offsetByCodePoints(0, (int) ((long) length * i / deltas));
            if (to > from) {
                sink.delta(text.substring(from, to));
            }
            from = to;
        }
        return Answer.ofText(text);
    }

    private static void waitUntil(long nanoTime) throws InterruptedException {
        long nanos = nanoTime - System.nanoTime();
        if (nanos > 0) { // otherwise a sleep of zero would still yield the thread
            Thread.sleep(Duration.ofNanos(nanos));
        }
    }

    private static int number(Question question, String name, int defaultValue, int min, int max)
            throws TerminalAgentException {
        return switch (question.metadata().get(name)) {
            case null -> defaultValue;
            case Number n when n.longValue() >= min && n.longValue() <= max -> n.intValue();
            default ->
                throw new TerminalAgentException(
                        ErrorCode.INVALID_REQUEST, "metadata." + name + " must be a number from " + min + " to " + max);
        };
    }

    public static final class EchoAgentFactory implements AgentFactory {

        private static final AgentDescription DESCRIPTION = new AgentDescription(
                "echo",
                "Repeats the question after metadata.delay_ms milliseconds, in metadata.deltas pieces.",
                List.of("Hello, is anybody there?"));

        @Override
        public AgentDescription description() {
            return DESCRIPTION;
        }

        @Override
        public boolean answersAtOnce(Question question) {
            Object delay = question.metadata().get(DELAY);
            return delay == null || (delay instanceof Number number && number.longValue() == 0);
        }

        @Override
        public Agent create() {
            return new EchoAgent();
        }
    }
}
