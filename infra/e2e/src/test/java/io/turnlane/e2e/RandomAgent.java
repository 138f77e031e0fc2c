package io.turnlane.e2e;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Source;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.TerminalAgentException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Agent whose output often contains values that JSON cannot express. Equal questions have equal answers, so that a
 * replay can be compared.
 */
final class RandomAgent implements AgentFactory {

    private static final double BADNESS = 0.3;

    private record Point(String label, double y, Instant at) {}

    @Override
    public AgentDescription description() {
        return new AgentDescription("random", "", List.of());
    }

    @Override
    public Agent create() {
        return (question, _, sink) -> answer(new RandomJson(question.text().hashCode(), BADNESS), sink);
    }

    private static Answer answer(RandomJson random, AnswerSink sink) throws TerminalAgentException {
        sink.stage(random.agentText(20));
        if (random.chance(0.05)) {
            throw new TerminalAgentException(ErrorCode.USAGE_LIMIT, random.agentText(900));
        }
        String text = random.agentText(60);
        for (int from = 0; from < text.length(); ) {
            int to = from + 1 + random.below(text.length() - from); // also within a surrogate pair
            sink.delta(text.substring(from, to));
            from = to;
        }
        Map<String, Object> artifact = artifact(random);
        sink.artifact(artifact);
        return new Answer(
                text,
                random.oneOf(0.83, 0.0, 1.0, 1.0000001, -0.5, Double.NaN, null),
                List.of(new Source(random.agentText(5), random.agentText(9), random.oneOf(0.5, Double.NaN, 1e308))),
                List.of(artifact),
                Usage.NONE);
    }

    private static Map<String, Object> artifact(RandomJson random) {
        Map<String, Object> artifact = new HashMap<>();
        artifact.put(random.agentText(5), random.agentText(9));
        artifact.put(
                "odd",
                random.oneOf(
                        Double.NEGATIVE_INFINITY,
                        (1L << 53) + 1,
                        Long.MIN_VALUE,
                        new BigInteger("9".repeat(400)),
                        new BigDecimal("1e400"),
                        new Point[] {new Point(random.agentText(3), Float.NaN, Instant.EPOCH)}));
        if (random.chance(0.1)) {
            artifact.put("deep", nested(random.oneOf(62, 63, 64, 65, 300)));
        }
        return artifact;
    }

    private static Object nested(int levels) {
        Object value = 1;
        for (int i = 0; i < levels; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("in", value);
        }
        return value;
    }
}
