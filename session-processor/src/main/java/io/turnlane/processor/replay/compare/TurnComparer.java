package io.turnlane.processor.replay.compare;

import io.turnlane.model.Answer;
import io.turnlane.model.Source;
import io.turnlane.model.Usage;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the end of a replay with the recorded end of the turn. Thread-safe.
 *
 * @param similarity called only for texts that differ after normalisation
 */
public record TurnComparer(TextSimilarity similarity) {

    /** Returns the differences between a reference and a replay. May wait for embeddings. */
    public Differences compare(TurnOutcome reference, TurnOutcome replay) throws InterruptedException {
        Answer before = reference.answer();
        Answer after = replay.answer();
        boolean exact = reference.matches(replay);
        boolean sameText = exact || (before != null && after != null && samePlainText(before, after));
        boolean sameArtifacts = before == null || after == null || TurnOutcome.sameArtifacts(before, after);
        return new Differences(
                exact,
                exact || (sameText && sameArtifacts),
                before == null && after == null ? null : (Double) similarity(before, after, sameText),
                before == null || after == null ? 1 : sharedSources(before, after),
                sameArtifacts,
                reference.tools().equals(replay.tools()),
                before == null || after == null ? null : change(before.confidence(), after.confidence()),
                latencyChange(reference, replay),
                latencyRatio(reference, replay),
                replay.usage().tokens() - reference.usage().tokens(),
                costChange(reference.usage(), replay.usage()),
                error(reference, replay));
    }

    private static boolean samePlainText(Answer before, Answer after) {
        return before.text().equals(after.text()) || PlainText.of(before.text()).equals(PlainText.of(after.text()));
    }

    private double similarity(@Nullable Answer before, @Nullable Answer after, boolean sameText)
            throws InterruptedException {
        if (before == null || after == null) {
            return 0;
        }
        if (sameText) {
            return 1;
        }
        boolean blank = before.text().isBlank() || after.text().isBlank();
        return blank ? 0 : Math.clamp(similarity.between(before.text(), after.text()), -1, 1);
    }

    private static double sharedSources(Answer before, Answer after) {
        Set<String> recorded = idsOf(before);
        Set<String> all = new HashSet<>(recorded);
        Set<String> replayed = idsOf(after);
        all.addAll(replayed);
        recorded.retainAll(replayed);
        return all.isEmpty() ? 1 : (double) recorded.size() / all.size();
    }

    private static Set<String> idsOf(Answer answer) {
        return answer.sources().stream().map(Source::id).collect(Collectors.toCollection(HashSet::new));
    }

    private static @Nullable Double change(@Nullable Double before, @Nullable Double after) {
        return before == null || after == null ? null : (Double) (after - before);
    }

    private static @Nullable Long latencyChange(TurnOutcome reference, TurnOutcome replay) {
        Long before = reference.latencyMs();
        Long after = replay.latencyMs();
        return before == null || after == null ? null : (Long) (after - before);
    }

    private static @Nullable Double latencyRatio(TurnOutcome reference, TurnOutcome replay) {
        Long before = reference.latencyMs();
        Long after = replay.latencyMs();
        return before == null || after == null ? null : (Double) ((double) Math.max(1, after) / Math.max(1, before));
    }

    private static @Nullable Double costChange(Usage before, Usage after) {
        return before.cost() == null || after.cost() == null || !Objects.equals(before.currency(), after.currency())
                ? null
                : (Double) Usage.costOf(after.costInBillionths() - before.costInBillionths());
    }

    private static String error(TurnOutcome reference, TurnOutcome replay) {
        String before = reference.errorCode();
        String after = replay.errorCode();
        if (before == null) {
            return after == null ? Differences.NO_ERROR : Differences.NEW_ERROR;
        }
        if (after == null) {
            return Differences.GONE_ERROR;
        }
        return before.equals(after) ? Differences.SAME_ERROR : Differences.CHANGED_ERROR;
    }
}
