package io.turnlane.processor.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Source;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnComparerTest {

    private final TurnComparer comparer = new TurnComparer((_, _) -> 0.5);

    private Differences compare(TurnOutcome reference, TurnOutcome replay) throws InterruptedException {
        return comparer.compare(reference, replay);
    }

    private static TurnOutcome text(String text) {
        return new TurnOutcome(Answer.ofText(text), null);
    }

    private static TurnOutcome error(ErrorCode code) {
        return new TurnOutcome(null, TurnError.of(code, "failed"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'A **pool** of tokens.' | 'a pool  of tokens.'
            '# Title'               | 'Title'
            '- one'                 | '* one'
            'uses `x`'              | 'uses x'
            'ﬁne'                   | 'fine'
            """)
    void ignoresCaseWhiteSpaceAndEmphasisInNormalisedTexts(String before, String after) throws InterruptedException {
        Differences differences = compare(text(before), text(after));
        assertThat(differences.exact()).isFalse();
        assertThat(differences.normalised()).isTrue();
        assertThat(differences.similarity()).isEqualTo(1.0);
    }

    @ParameterizedTest
    @CsvSource({"2*3,23", "-5,5", "1.5,15", "a_b,ab", "x > y,x y"})
    void doesNotIgnoreCharactersThatChangeTheMeaning(String before, String after) throws InterruptedException {
        Differences differences = compare(text(before), text(after));
        assertThat(differences.normalised()).isFalse();
        assertThat(differences.similarity()).isEqualTo(0.5);
    }

    @Test
    void reportsErrorsThatAreNewGoneChangedAndTheSame() throws InterruptedException {
        TurnOutcome failed = error(ErrorCode.AGENT_ERROR);
        assertThat(compare(text("a"), failed).error()).isEqualTo("new");
        assertThat(compare(failed, text("a")).error()).isEqualTo("gone");
        assertThat(compare(failed, error(ErrorCode.AGENT_TIMEOUT)).error()).isEqualTo("changed");
        assertThat(compare(failed, failed).error()).isEqualTo("same");
        assertThat(compare(text("a"), text("a")).error()).isEqualTo("none");
        assertThat(compare(text("a"), failed).similarity())
                .as("an answer on one side")
                .isZero();
        assertThat(compare(failed, failed).similarity()).isNull();
        assertThat(compare(failed, failed).exact()).isTrue();
    }

    @Test
    void comparesSourcesArtifactsToolsConfidenceLatencyTokensAndCost() throws InterruptedException {
        TurnOutcome reference = new TurnOutcome(
                new Answer("t", 0.9, sources("a", "b"), List.of(Map.of("n", 1)), Usage.NONE),
                null,
                new Usage(1, 100, 20, 0.002, "USD"),
                List.of("swap"),
                100L);
        TurnOutcome replay = new TurnOutcome(
                new Answer("t", 0.6, sources("b", "c"), List.of(Map.of("n", 2)), Usage.NONE),
                null,
                new Usage(1, 150, 20, 0.003, "USD"),
                List.of("swap", "loan"),
                250L);
        Differences differences = compare(reference, replay);
        assertThat(differences.exact()).as("other artifacts").isFalse();
        assertThat(differences.normalised()).isFalse();
        assertThat(differences.sources()).isEqualTo(1.0 / 3);
        assertThat(differences.sameArtifacts()).isFalse();
        assertThat(differences.sameTools()).isFalse();
        assertThat(differences.confidence()).isCloseTo(-0.3, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(differences.latencyMs()).isEqualTo(150);
        assertThat(differences.latencyRatio()).isEqualTo(2.5);
        assertThat(differences.tokens()).isEqualTo(50);
        assertThat(differences.cost()).isCloseTo(0.001, org.assertj.core.data.Offset.offset(1e-9));
    }

    private static List<Source> sources(String... ids) {
        return java.util.Arrays.stream(ids).map(id -> new Source(id, id, 1)).toList();
    }

    @Test
    void sortsNewErrorsBeforeDifferentAnswersAndThoseBeforeEqualOnes() throws InterruptedException {
        double newError = compare(text("a"), error(ErrorCode.AGENT_ERROR)).severity();
        double different = compare(text("a"), text("b")).severity();
        double emphasis = compare(text("a"), text("*a*")).severity();
        double same = compare(text("a"), text("a")).severity();
        assertThat(List.of(newError, different, emphasis, same))
                .isSortedAccordingTo(java.util.Comparator.reverseOrder());
        assertThat(same).isZero();
        assertThat(emphasis).isPositive();
    }

    @Test
    void measuresSimilarityWithTheSentenceModel() throws InterruptedException {
        try (EmbeddingSimilarity model =
                new EmbeddingSimilarity(io.turnlane.processor.agent.retrieval.embedding.MiniLm::load, 1)) {
            String reference = "Impermanent loss is the loss of a liquidity provider compared with holding the tokens.";
            double near = model.between(
                    reference,
                    "A liquidity provider has an impermanent loss if holding the tokens would be worth more.");
            double far = model.between(reference, "The weather in Lisbon is sunny today.");
            assertThat(near).isGreaterThan(0.7);
            assertThat(far).isLessThan(0.3);
        }
    }
}
