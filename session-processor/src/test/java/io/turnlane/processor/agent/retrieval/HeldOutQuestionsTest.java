package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.agent.retrieval.QuestionSheet.OnTopic;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How good the agent is at questions in words that it hasn't seen; nothing was tuned to these. */
class HeldOutQuestionsTest {

    private final QuestionSheet sheet = QuestionSheet.read("held-out-questions.yaml");

    @Test
    void findsTheRightEntryFirstAndRefusesWhatItCanNotKnow() {
        assertThat(sheet.onTopic()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(sheet.offTopic()).hasSizeGreaterThanOrEqualTo(30);
        long found =
                sheet.onTopic().stream().filter(HeldOutQuestionsTest::found).count();
        long refused =
                sheet.offTopic().stream().filter(HeldOutQuestionsTest::refused).count();
        double error = CalibrationTest.expectedError(CalibrationTest.samples(sheet));
        System.out.printf(
                "held out: %d of %d found at rank 1 (%.1f %%), %d of %d off topic refused (%.1f %%), calibration error %.3f%n",
                found,
                sheet.onTopic().size(),
                100.0 * found / sheet.onTopic().size(),
                refused,
                sheet.offTopic().size(),
                100.0 * refused / sheet.offTopic().size(),
                error);
        assertThat(found)
                .isGreaterThanOrEqualTo((long) Math.ceil(0.85 * sheet.onTopic().size()));
        assertThat(refused)
                .isGreaterThanOrEqualTo((long) Math.ceil(0.9 * sheet.offTopic().size()));
        assertThat(error).isLessThanOrEqualTo(0.1);
    }

    @Test
    void isAskedInWordsThatDoNotStandInTheData() {
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

    private static boolean refused(String question) {
        return Calibration.confidence(TestRetrieval.nearest(question)) < Calibration.MIN_CONFIDENCE;
    }
}
