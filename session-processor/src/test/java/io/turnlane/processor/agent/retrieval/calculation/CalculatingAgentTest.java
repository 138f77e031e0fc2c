package io.turnlane.processor.agent.retrieval.calculation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.processor.agent.tool.defi.DefiTools;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalculatingAgentTest {

    private static final CalculatingAgent AGENT = new CalculatingAgent(
            new Toolbox(DefiTools.all(), ToolLimits.DEFAULT).allow(DefiTools.NAMES),
            (_, _, _) -> Answer.ofText("from the data set"));

    /** Output of one turn, in order. */
    private record Conversation(List<Object> sent) implements AnswerSink {

        Conversation() {
            this(new ArrayList<>());
        }

        Answer ask(String question) throws Exception {
            return AGENT.answer(new Question(question, Map.of()), Memory.EMPTY, this);
        }

        @Override
        public void stage(String stage) {
            sent.add(stage);
        }

        @Override
        public void delta(String text) {
            sent.add(text);
        }

        @Override
        public void artifact(Map<String, Object> artifact) {
            sent.add(artifact);
        }

        @Override
        public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
            sent.add(tool + " " + outcome.wire());
        }
    }

    @Test
    void answersAQuestionWithNumbersWithATool() throws Exception {
        Conversation conversation = new Conversation();
        Answer answer = conversation.ask("How much impermanent loss if ETH quadruples?");
        assertThat(answer.text()).startsWith("The impermanent loss is **20 %**");
        assertThat(answer.artifacts()).extracting(one -> one.get("type")).containsExactly("table", "chart");
        assertThat(conversation.sent())
                .containsExactly(
                        "impermanent_loss completed",
                        answer.artifacts().get(0),
                        answer.artifacts().get(1),
                        answer.text());
    }

    @Test
    void leavesOtherQuestionsAndNumbersOutOfRangeToTheOtherAgent() throws Exception {
        Conversation conversation = new Conversation();
        assertThat(conversation.ask("What is impermanent loss?").text()).isEqualTo("from the data set");
        assertThat(conversation.sent()).isEmpty();
        assertThat(conversation.ask("Impermanent loss if ETH falls by 120 %?").text())
                .isEqualTo("from the data set");
        assertThat(conversation.sent()).containsExactly("impermanent_loss invalid");
    }

    @Test
    void keepsTurnsApartThatRunAtTheSameTime() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Conversation>> turns = IntStream.rangeClosed(1, 300)
                    .mapToObj(percent -> executor.submit(() -> {
                        Conversation own = new Conversation();
                        own.ask("impermanent loss if ETH rises by " + percent + " %?");
                        return own;
                    }))
                    .toList();
            for (int percent = 1; percent <= turns.size(); percent++) {
                assertThat(turns.get(percent - 1).get().sent())
                        .hasSize(4)
                        .last()
                        .asString()
                        .contains("rises by " + percent + " %");
            }
        }
    }
}
