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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Says what a test tells it, when the test tells it: a state of the page lasts as long as it is looked at.
 *
 * <p>Prompts may come before the question or after. The test's thread prompts, lanes' threads play.
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

    private final Map<String, Part> parts = new ConcurrentHashMap<>();

    @Override
    public AgentDescription description() {
        return new AgentDescription("prompted", KNOWS, EXAMPLES);
    }

    @Override
    public Agent create() {
        return (question, _, sink) -> part(question.text()).play(sink);
    }

    /** What is done about this question. */
    Part part(String question) {
        return parts.computeIfAbsent(question, _ -> new Part());
    }

    /** Ends whatever is still being played. */
    void letGo() {
        parts.values().forEach(Part::ends);
        parts.clear();
    }

    /** One question's prompts, in order; a second attempt goes on with the next one. */
    static final class Part {

        /** @return the answer where it is whole, else null */
        private interface Prompt {
            @Nullable
            Answer play(AnswerSink sink, Said said) throws Exception;
        }

        /** What an attempt has told so far. */
        private record Said(StringBuilder text, List<Map<String, Object>> artifacts) {

            Answer answer(@Nullable Double confidence, Source... sources) {
                return new Answer(text.toString(), confidence, List.of(sources), artifacts, new Usage(1, 0, 0));
            }
        }

        private final BlockingQueue<Prompt> prompts = new LinkedBlockingQueue<>();
        private final AtomicInteger plays = new AtomicInteger();

        Part stage(String words) {
            return next((sink, _) -> {
                sink.stage(words);
                return null;
            });
        }

        Part says(String text) {
            return next((sink, said) -> {
                sink.delta(text);
                said.text().append(text);
                return null;
            });
        }

        Part shows(Map<String, Object> artifact) {
            return next((sink, said) -> {
                sink.artifact(artifact);
                said.artifacts().add(artifact);
                return null;
            });
        }

        Part ends() {
            return next((_, said) -> said.answer(null));
        }

        Part ends(double confidence, Source... sources) {
            return next((_, said) -> said.answer(confidence, sources));
        }

        /** Fails in a way that another attempt may mend. */
        Part breaks() {
            return next((_, _) -> {
                throw new IllegalStateException("as prompted");
            });
        }

        /** Fails for good. */
        Part givesUp(ErrorCode code, String message) {
            return next((_, _) -> {
                throw new TerminalAgentException(code, message);
            });
        }

        /** How often it was begun. */
        int plays() {
            return plays.get();
        }

        private Part next(Prompt prompt) {
            prompts.add(prompt);
            return this;
        }

        private Answer play(AnswerSink sink) throws Exception {
            plays.incrementAndGet();
            Said said = new Said(new StringBuilder(), new ArrayList<>());
            Answer answer = null;
            while (answer == null) {
                answer = prompts.take().play(sink, said);
            }
            return answer;
        }
    }
}
