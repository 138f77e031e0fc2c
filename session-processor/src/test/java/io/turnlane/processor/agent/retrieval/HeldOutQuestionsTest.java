package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.agent.retrieval.QuestionSheet.OnTopic;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures the agent on questions whose wordings it has not seen. Nothing was tuned to these questions. */
class HeldOutQuestionsTest {

    @ParameterizedTest
    @CsvSource({"held-out, 0.95, 0.95, 0.1", "colloquial-held-out, 0.7, 0.95, 0.15"})
    void findsTheRightEntryFirstAndRejectsOffTopicQuestions(
            String name, double mustFind, double mustReject, double maxError) {
        QuestionSheet sheet = QuestionSheet.read(name + "-questions.yaml");
        assertThat(sheet.onTopic()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(sheet.offTopic()).hasSizeGreaterThanOrEqualTo(30);
        long found =
                sheet.onTopic().stream().filter(HeldOutQuestionsTest::found).count();
        long answered = sheet.onTopic().stream()
                .filter(asked -> found(asked) && !rejected(asked.question()))
                .count();
        long rejected =
                sheet.offTopic().stream().filter(HeldOutQuestionsTest::rejected).count();
        double error = CalibrationTest.expectedError(CalibrationTest.samples(sheet));
        System.out.printf(
                "%s: of %d questions, %d found first, %d answered; %d of %d off topic rejected; calibration error %.3f%n",
                name,
                sheet.onTopic().size(),
                found,
                answered,
                rejected,
                sheet.offTopic().size(),
                error);
        assertThat(found).isGreaterThanOrEqualTo((long)
                Math.ceil(mustFind * sheet.onTopic().size()));
        assertThat(rejected).isGreaterThanOrEqualTo((long)
                Math.ceil(mustReject * sheet.offTopic().size()));
        assertThat(error).isLessThanOrEqualTo(maxError);
    }

    @ParameterizedTest
    @ValueSource(strings = {"held-out", "colloquial-held-out"})
    void usesWordingsThatAreNotInTheDataSet(String name) {
        List<String> known = TestRetrieval.DATA.entries().stream()
                .flatMap(entry -> entry.wordings().stream())
                .map(wording -> wording.toLowerCase(Locale.ROOT))
                .toList();
        assertThat(QuestionSheet.read(name + "-questions.yaml").onTopic())
                .extracting(asked -> asked.question().toLowerCase(Locale.ROOT))
                .doesNotContainAnyElementsOf(known);
    }

    private static boolean found(OnTopic asked) {
        return asked.isAnsweredBy(
                TestRetrieval.nearest(asked.question()).getFirst().entry());
    }

    private static boolean rejected(String question) {
        return Calibration.confidence(TestRetrieval.nearest(question)) < Calibration.MIN_CONFIDENCE;
    }
}
