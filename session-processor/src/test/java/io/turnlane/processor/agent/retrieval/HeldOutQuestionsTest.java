package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.agent.retrieval.QuestionSheet.OnTopic;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Measures the agent on questions whose wordings it has not seen. Nothing was tuned to these questions. */
class HeldOutQuestionsTest {

    private final QuestionSheet sheet = QuestionSheet.read("held-out-questions.yaml");

    @Test
    void findsTheRightEntryFirstAndRejectsOffTopicQuestions() {
        assertThat(sheet.onTopic()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(sheet.offTopic()).hasSizeGreaterThanOrEqualTo(30);
        long found =
                sheet.onTopic().stream().filter(HeldOutQuestionsTest::found).count();
        long rejected =
                sheet.offTopic().stream().filter(HeldOutQuestionsTest::rejected).count();
        double error = CalibrationTest.expectedError(CalibrationTest.samples(sheet));
        System.out.printf(
                "held out: %d of %d found first (%.1f %%), %d of %d off topic rejected (%.1f %%), calibration error %.3f%n",
                found,
                sheet.onTopic().size(),
                100.0 * found / sheet.onTopic().size(),
                rejected,
                sheet.offTopic().size(),
                100.0 * rejected / sheet.offTopic().size(),
                error);
        assertThat(found)
                .isGreaterThanOrEqualTo((long) Math.ceil(0.85 * sheet.onTopic().size()));
        assertThat(rejected)
                .isGreaterThanOrEqualTo((long) Math.ceil(0.9 * sheet.offTopic().size()));
        assertThat(error).isLessThanOrEqualTo(0.1);
    }

    @Test
    void usesWordingsThatAreNotInTheDataSet() {
        List<String> known = TestRetrieval.DATA.entries().stream()
                .flatMap(entry -> entry.wordings().stream())
                .map(wording -> wording.toLowerCase(Locale.ROOT))
                .toList();
        assertThat(sheet.onTopic())
                .extracting(asked -> asked.question().toLowerCase(Locale.ROOT))
                .doesNotContainAnyElementsOf(known);
    }

    private static boolean found(OnTopic asked) {
        return TestRetrieval.nearest(asked.question()).getFirst().entry().id().equals(asked.id());
    }

    private static boolean rejected(String question) {
        return Calibration.confidence(TestRetrieval.nearest(question)) < Calibration.MIN_CONFIDENCE;
    }
}
