package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.Answer;
import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetrievalAgentTest {

    private final TestRetrieval talk = new TestRetrieval();

    @Test
    void answersFromTheNearestEntryAndNamesIt() throws Exception {
        Answer answer = talk.ask("What is impermanent loss?");
        DataSetEntry entry = TestRetrieval.INDEX.withId("impermanent-loss-01").orElseThrow();
        assertThat(answer.text()).isEqualTo(entry.answer());
        assertThat(answer.sources()).singleElement().satisfies(source -> {
            assertThat(source.id()).isEqualTo("impermanent-loss-01");
            assertThat(source.title()).isEqualTo(entry.question());
        });
        assertThat(answer.confidence()).isGreaterThan(0.8);
    }

    @Test
    void suggestsTheThreeNearestQuestionsIfItDoesNotKnowTheAnswer() throws Exception {
        Answer answer = talk.ask("How long do I boil an egg?");
        assertThat(answer.text()).startsWith("I don't know the answer.");
        assertThat(answer.suggestions())
                .hasSize(3)
                .isSubsetOf(questions())
                .containsExactlyElementsOf(TestRetrieval.nearest("How long do I boil an egg?").stream()
                        .map(match -> match.entry().question())
                        .toList());
        assertThat(answer.sources()).isEmpty();
        assertThat(answer.confidence()).isLessThan(Calibration.MIN_CONFIDENCE);
    }

    @Test
    void suggestsOtherQuestionsIfItIsUnsure() throws Exception {
        Answer answer = talk.ask("is my money gone if the firm behind tether goes bust");
        assertThat(answer.confidence()).isBetween(Calibration.MIN_CONFIDENCE, Calibration.SURE);
        assertThat(answer.sources()).hasSize(1);
        assertThat(answer.suggestions())
                .hasSize(3)
                .isSubsetOf(questions())
                .doesNotContain(answer.sources().getFirst().title());
    }

    @Test
    void suggestsNothingIfItIsSure() throws Exception {
        assertThat(talk.ask("What is impermanent loss?").suggestions()).isEmpty();
    }

    private static List<String> questions() {
        return TestRetrieval.DATA.entries().stream().map(DataSetEntry::question).toList();
    }

    @Test
    void streamsItsAnswerInPiecesOfAFewWordsAndReportsItsStages() throws Exception {
        Answer answer = talk.ask("What is a sandwich attack?");
        assertThat(String.join("", talk.deltas)).isEqualTo(answer.text());
        assertThat(talk.deltas)
                .hasSizeGreaterThan(5)
                .allSatisfy(piece -> assertThat(piece.strip().split("\\s+")).hasSizeLessThanOrEqualTo(4));
        assertThat(talk.stages)
                .containsExactly("searching " + TestRetrieval.DATA.entries().size() + " answers", "answering");
    }

    @Test
    void endsWhenItIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> talk.ask("What is a sandwich attack?")).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void answersItsExampleQuestions() throws Exception {
        for (String example : TestRetrieval.AGENTS.description().examples()) {
            assertThat(new TestRetrieval().ask(example).confidence())
                    .as(example)
                    .isGreaterThan(0.6);
        }
    }

    /** An example question is never a follow-up question. */
    @Test
    void answersItsExampleQuestionsTheSameInASessionWithHistory() throws Exception {
        List<String> examples = TestRetrieval.AGENTS.description().examples();
        for (String before : examples) {
            for (String example : examples) {
                TestRetrieval withHistory = new TestRetrieval();
                withHistory.ask(before);
                assertThat(withHistory.ask(example).sources())
                        .as("%s after %s", example, before)
                        .isEqualTo(new TestRetrieval().ask(example).sources());
            }
        }
    }

    @Test
    void hasAtLeast200AnswersEachFoundFirstByItsOwnQuestion() {
        assertThat(TestRetrieval.DATA.entries()).hasSizeGreaterThanOrEqualTo(200);
        assertThat(TestRetrieval.DATA.entries())
                .allSatisfy(entry -> assertThat(TestRetrieval.nearest(entry.question())
                                .getFirst()
                                .entry()
                                .id())
                        .isEqualTo(entry.id()));
    }
}
