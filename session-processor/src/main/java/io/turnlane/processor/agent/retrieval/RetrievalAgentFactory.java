package io.turnlane.processor.agent.retrieval;

import io.turnlane.model.AgentDescription;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.retrieval.calculation.CalculatingAgent;
import io.turnlane.processor.agent.retrieval.dataset.DataSetReader;
import io.turnlane.processor.agent.retrieval.embedding.MiniLm;
import io.turnlane.processor.agent.retrieval.embedding.QuestionEmbedder;
import io.turnlane.processor.agent.retrieval.embedding.SentenceModel;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex;
import io.turnlane.processor.agent.tool.AllowedTools;
import java.time.Duration;
import java.util.List;

/**
 * Creates retrieval agents, which all share one index and one embedder. Safe for use by multiple threads.
 * {@link #close} ends the embedder's thread.
 */
public final class RetrievalAgentFactory implements AgentFactory, AutoCloseable {

    private static final AgentDescription DESCRIPTION = new AgentDescription(
            "retrieval",
            "Answers questions on decentralised finance: exchanges and pools, lending, stablecoins, staking, bridges, "
                    + "layer 2, oracles, MEV, wallets, fees and more.",
            List.of(
                    "What is impermanent loss?",
                    "How do I avoid being liquidated?",
                    "What keeps a stablecoin at one dollar?",
                    "How does a rollup work?",
                    "What is a sandwich attack?",
                    "How do I keep my seed phrase safe?"));

    /** Time after which the other parts of a processor have started. */
    private static final Duration PRELOAD_DELAY = Duration.ofSeconds(10);

    private final AnswerIndex index;
    private final QuestionEmbedder embedder;
    private final AllowedTools calculations;

    /**
     * Loads the vectors of the index, which takes about a quarter of a second. The embedder's thread creates the index
     * of words together with the model, because a processor is ready sooner without both.
     *
     * @param waiting maximum number of questions that wait for the embedder
     * @param remembered number of questions whose vectors are cached
     * @param calculations tools for questions with numbers
     */
    public RetrievalAgentFactory(int waiting, int remembered, AllowedTools calculations) {
        AnswerIndex loaded = AnswerIndex.load(new DataSetReader().read());
        this.index = loaded;
        this.embedder = new QuestionEmbedder(() -> model(loaded), PRELOAD_DELAY, waiting, remembered);
        this.calculations = calculations;
    }

    private static SentenceModel model(AnswerIndex index) {
        index.preload();
        return MiniLm.load();
    }

    @Override
    public AgentDescription description() {
        return DESCRIPTION;
    }

    @Override
    public Agent create() {
        return new CalculatingAgent(calculations, new RetrievalAgent(index, embedder));
    }

    @Override
    public void close() {
        embedder.close();
    }
}
