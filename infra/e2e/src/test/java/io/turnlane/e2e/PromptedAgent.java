package io.turnlane.e2e;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Source;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Agent whose output the test controls step by step, so that each state of a turn lasts as long as the test needs it.
 *
 * <p>Steps can be added before or after the question is asked. The test's thread adds steps, threads of lanes run them.
 */
final class PromptedAgent implements AgentFactory {

    static final List<String> EXAMPLES = List.of(
            "What is impermanent loss?",
            "How does a flash loan work?",
            "What happens when a loan is liquidated?",
            "How do stablecoins keep their peg?",
            "What does slippage cost me?",
            "How is staking different from lending?");
    static final String KNOWS = "Knows 214 answers about decentralised finance: pools, lending, stablecoins, and "
            + "how each of them can go wrong.";

    private final Map<String, TurnScript> scripts = new ConcurrentHashMap<>();

    @Override
    public AgentDescription description() {
        return new AgentDescription("prompted", KNOWS, EXAMPLES);
    }

    @Override
    public Agent create() {
        return (question, _, sink) -> script(question.text()).run(sink);
    }

    /** Returns the script for this question. */
    TurnScript script(String question) {
        return scripts.computeIfAbsent(question, _ -> new TurnScript());
    }

    /** Completes all turns that still run. */
    void completeAll() {
        scripts.values().forEach(TurnScript::complete);
        scripts.clear();
    }

    /** The steps for one question, in order. A second attempt continues with the next step. */
    static final class TurnScript {

        /** @return the answer if the turn is complete, otherwise null */
        private interface Step {
            @Nullable
            Answer run(AnswerSink sink, Output output) throws Exception;
        }

        /** The output of an attempt so far. */
        private record Output(StringBuilder text, List<Map<String, Object>> artifacts) {

            Answer answer(@Nullable Double confidence, Source... sources) {
                return new Answer(text.toString(), confidence, List.of(sources), artifacts, new Usage(1, 0, 0));
            }
        }

        private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
        private final AtomicInteger attempts = new AtomicInteger();

        TurnScript stage(String text) {
            return next((sink, _) -> {
                sink.stage(text);
                return null;
            });
        }

        TurnScript delta(String text) {
            return next((sink, output) -> {
                sink.delta(text);
                output.text().append(text);
                return null;
            });
        }

        TurnScript artifact(Map<String, Object> artifact) {
            return next((sink, output) -> {
                sink.artifact(artifact);
                output.artifacts().add(artifact);
                return null;
            });
        }

        TurnScript toolCall(String tool, ToolOutcome outcome) {
            return next((sink, _) -> {
                sink.toolCall(tool, Duration.ofMillis(20), outcome);
                return null;
            });
        }

        TurnScript keep(ToolStep step) {
            return next((sink, _) -> {
                sink.keep(step);
                return null;
            });
        }

        TurnScript complete() {
            return next((_, output) -> output.answer(null));
        }

        TurnScript complete(double confidence, Source... sources) {
            return next((_, output) -> output.answer(confidence, sources));
        }

        TurnScript completeWithSuggestions(double confidence, String... questions) {
            return next((_, output) -> new Answer(
                    output.text().toString(),
                    confidence,
                    List.of(),
                    output.artifacts(),
                    List.of(questions),
                    Usage.NONE));
        }

        /** Fails the attempt. The processor makes another one. */
        TurnScript fail() {
            return next((_, _) -> {
                throw new IllegalStateException("failure requested by the test");
            });
        }

        /** Fails the turn permanently. */
        TurnScript failPermanently(ErrorCode code, String message) {
            return next((_, _) -> {
                throw new TerminalAgentException(code, message);
            });
        }

        /** Returns the number of attempts begun. */
        int attempts() {
            return attempts.get();
        }

        private TurnScript next(Step step) {
            steps.add(step);
            return this;
        }

        private Answer run(AnswerSink sink) throws Exception {
            attempts.incrementAndGet();
            Output output = new Output(new StringBuilder(), new ArrayList<>());
            Answer answer = null;
            while (answer == null) {
                answer = steps.take().run(sink, output);
            }
            return answer;
        }
    }
}
