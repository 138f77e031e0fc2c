package io.turnlane.processor.agent;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.memory.Memory;
import java.time.Duration;
import java.util.List;

/**
 * Answers {@code echo: <question>} after {@code metadata.delay_ms} (default 0, at most an hour), in
 * {@code metadata.deltas} pieces (default 1, at most 10,000) spread over that time. For tests, benchmarks and the first
 * try.
 */
public final class EchoAgent implements Agent {

    private static final int MOST_DELAY_MS = 3_600_000;
    private static final int MOST_DELTAS = 10_000;

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception {
        int delayMs = number(question, "delay_ms", 0, 0, MOST_DELAY_MS);
        int deltas = number(question, "deltas", 1, 1, MOST_DELTAS);
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
        Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    }

    private static int number(Question question, String name, int otherwise, int least, int most)
            throws TerminalAgentException {
        return switch (question.metadata().get(name)) {
            case null -> otherwise;
            case Number n when n.longValue() >= least && n.longValue() <= most -> n.intValue();
            default ->
                throw new TerminalAgentException(
                        ErrorCode.INVALID_REQUEST,
                        "metadata." + name + " must be a number from " + least + " to " + most);
        };
    }

    /** Makes them. */
    public static final class EchoAgentFactory implements AgentFactory {

        private static final AgentDescription DESCRIPTION = new AgentDescription(
                "echo",
                "Says back what it is told, after metadata.delay_ms milliseconds in metadata.deltas pieces.",
                List.of("Hello, is anybody there?"));

        @Override
        public AgentDescription description() {
            return DESCRIPTION;
        }

        @Override
        public Agent create() {
            return new EchoAgent();
        }
    }
}
