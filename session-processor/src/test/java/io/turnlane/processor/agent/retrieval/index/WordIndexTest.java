package io.turnlane.processor.agent.retrieval.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordIndexTest {

    private final WordIndex index = new WordIndex(List.of(
            entry("a-01", "What is a funding rate?", "It is a payment between traders."),
            entry("a-02", "How do validators stake?", "Whoever deposits coins gets a funding of rewards."),
            entry("a-03", "What is a bridge?", "It connects two chains.")));

    @Test
    void findsTheEntryWithTheRareWordsOfTheQuestion() {
        float[] scores = index.scores("so tell me about this funding");
        assertThat(scores[0]).isGreaterThan(scores[1]);
        assertThat(scores[1]).as("word in the answer only").isPositive();
        assertThat(scores[2]).isZero();
    }

    @Test
    void comparesTheStemsOfWords() {
        assertThat(index.scores("staking validator")[1]).isPositive();
        assertThat(index.scores("BRIDGES")[2]).isPositive();
    }

    @Test
    void findsNothingIfNoWordIsKnown() {
        assertThat(index.scores("wie geht es dir")).containsOnly(0);
        assertThat(index.scores("")).containsOnly(0);
    }

    @Test
    void searchesAQuestionOfThousandsOfDifferentWords() {
        String question =
                IntStream.range(0, 5_000).mapToObj(i -> "word" + i).collect(Collectors.joining(" ", "bridge ", ""));
        assertThat(index.scores(question)[2]).isPositive();
        assertThat(index.scores("bridge")[2]).as("after a long question").isPositive();
    }

    private static DataSetEntry entry(String id, String question, String answer) {
        List<String> paraphrases =
                List.of(question + " one", question + " two", question + " three", question + " four");
        return new DataSetEntry(id, question, paraphrases, answer + " This is filler text.".repeat(6), List.of("tag"));
    }
}
