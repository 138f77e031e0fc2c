package io.turnlane.processor.agent.retrieval;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.retrieval.dataset.DataSet;
import io.turnlane.processor.agent.retrieval.dataset.DataSetReader;
import io.turnlane.processor.agent.retrieval.embedding.MiniLm;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.processor.agent.tool.defi.DefiTools;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Retrieval agent with its real data set and model, which are loaded once, and a conversation with it. */
final class TestRetrieval {

    static final DataSet DATA = new DataSetReader().read();
    static final AnswerIndex INDEX = AnswerIndex.load(DATA);
    static final MiniLm MODEL = MiniLm.load();
    static final RetrievalAgentFactory AGENTS =
            new RetrievalAgentFactory(16, 100, new Toolbox(DefiTools.all(), ToolLimits.DEFAULT).allow(DefiTools.NAMES));

    private final List<PastTurn> turns = new ArrayList<>();
    final List<String> stages = new ArrayList<>();
    final List<String> deltas = new ArrayList<>();

    static List<Match> nearest(String question) {
        return INDEX.nearest(question, MODEL.embed(question), 3);
    }

    /** Asks a question and adds the turn to the history. */
    Answer ask(String question) throws Exception {
        deltas.clear();
        stages.clear();
        Answer answer =
                AGENTS.create().answer(new Question(question, Map.of()), new Memory(turns, false), new Recorder());
        turns.add(new PastTurn(
                new RequestId(UUID.randomUUID()),
                RequestStatus.COMPLETED,
                question,
                answer.text(),
                answer.confidence(),
                answer.sources(),
                Duration.ZERO,
                Instant.EPOCH));
        return answer;
    }

    /** Returns the id of the answer's source, or an empty string if it has none. */
    String source(String question) throws Exception {
        Answer answer = ask(question);
        return answer.sources().isEmpty() ? "" : answer.sources().getFirst().id();
    }

    private final class Recorder implements AnswerSink {

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
        public void state(Map<String, Object> state) {
            throw new AssertionError("the agent has no state");
        }
    }
}
