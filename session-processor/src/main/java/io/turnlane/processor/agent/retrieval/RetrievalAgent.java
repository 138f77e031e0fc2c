package io.turnlane.processor.agent.retrieval;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Source;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import io.turnlane.processor.agent.retrieval.embedding.QuestionEmbedder;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex;
import io.turnlane.processor.agent.retrieval.index.AnswerIndex.Match;
import io.turnlane.store.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers a turn from the data set with the entry that is nearest to the question, taking the session's history into
 * account. If no entry is near enough, the agent replies that it does not know. In this case, and if it is unsure, it
 * suggests the questions of the nearest entries.
 *
 * <p>An object is created for each turn. All objects share one index and one embedder.
 */
record RetrievalAgent(AnswerIndex index, QuestionEmbedder embedder) implements Agent {

    private static final String DOES_NOT_KNOW =
            "I don't know the answer. My subject is decentralised finance: exchanges "
                    + "and pools, lending, stablecoins, staking, bridges, layer 2, wallets, fees and more.";
    private static final int SUGGESTIONS = 3;
    private static final Pattern A_FEW_WORDS = Pattern.compile("(?:\\S+\\s*){1,4}");

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws InterruptedException {
        sink.stage("searching " + index.size() + " answers");
        List<Match> nearest = search(question.text(), memory);
        double confidence = Calibration.confidence(nearest);
        boolean knows = confidence >= Calibration.MIN_CONFIDENCE;
        String text = knows ? nearest.getFirst().entry().answer() : DOES_NOT_KNOW;
        sink.stage("answering");
        send(text, sink);
        return new Answer(
                text,
                rounded(confidence),
                knows ? List.of(source(nearest.getFirst())) : List.of(),
                List.of(),
                suggestions(knows ? nearest.subList(1, nearest.size()) : nearest, confidence),
                Usage.NONE);
    }

    private List<Match> search(String question, Memory memory) throws InterruptedException {
        List<Match> alone = nearest(question);
        Optional<DataSetEntry> previous = lastAnswered(memory);
        Optional<FollowUp> followUp = previous.flatMap(entry -> FollowUp.of(question, entry));
        if (followUp.isEmpty()) {
            return alone;
        }
        List<Match> together = new ArrayList<>(nearest(followUp.get().question()));
        // The previous answer again would not answer a follow-up question.
        together.removeIf(match -> match.entry().equals(previous.get()));
        double followUpConfidence = Calibration.confidence(together);
        boolean read = followUp.get().needsContext()
                ? followUpConfidence >= Calibration.MIN_CONFIDENCE
                : followUpConfidence > Calibration.confidence(alone);
        return read ? together : alone;
    }

    private List<Match> nearest(String question) throws InterruptedException {
        return index.nearest(question, embedder.embed(question), SUGGESTIONS + 2);
    }

    /** Returns the entry of the most recent answer that is an entry of the data set. */
    private Optional<DataSetEntry> lastAnswered(Memory memory) {
        for (PastTurn turn : memory.turns().reversed()) {
            if (!turn.sources().isEmpty()) {
                return index.withId(turn.sources().getFirst().id());
            }
        }
        return Optional.empty();
    }

    private static List<String> suggestions(List<Match> nearest, double confidence) {
        return confidence >= Calibration.SURE
                ? List.of()
                : nearest.stream()
                        .limit(SUGGESTIONS)
                        .map(match -> match.entry().question())
                        .toList();
    }

    private static Source source(Match match) {
        return new Source(match.entry().id(), match.entry().question(), rounded(match.score()));
    }

    /** Sends the text in pieces of a few words. The concatenation of the pieces is the text. */
    private static void send(String text, AnswerSink sink) throws InterruptedException {
        Matcher words = A_FEW_WORDS.matcher(text);
        while (words.find()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            sink.delta(words.group());
        }
    }

    private static double rounded(double value) {
        return Math.round(Math.clamp(value, 0, 1) * 1000) / 1000.0;
    }
}
