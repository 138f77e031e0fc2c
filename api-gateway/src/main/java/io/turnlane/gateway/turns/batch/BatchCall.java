package io.turnlane.gateway.turns.batch;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.problem.ProblemMapper;
import io.turnlane.gateway.turns.ask.AcceptedQuestion;
import io.turnlane.gateway.turns.ask.AskBody;
import io.turnlane.gateway.turns.ask.IdempotencyKeys;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.batch.StoredBatch.Item;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions of a batch while its call runs. Each question is accepted like the question of an ordinary call, and a
 * question that is rejected has no effect on the others.
 *
 * <p>The thread of the call uses this object. Helper threads each handle different questions.
 */
final class BatchCall {

    /** Number of questions that are accepted, or wait for their acknowledgement, at the same time. */
    private static final int CONCURRENCY = 16;

    private final QuestionIntake intake;
    private final RateLimits rates;
    private final ProblemMapper problems;
    private final BatchOptions options;
    private final List<BatchQuestion> questions = new ArrayList<>();

    /**
     * Options of the whole batch.
     *
     * @param key value of the {@code Idempotency-Key} header; null if the client sent none
     * @param callback URN of the batch if its end is posted, otherwise null
     */
    record BatchOptions(
            Caller caller,
            @Nullable String key,
            @Nullable String traceparent,
            @Nullable CallbackUrl callback) {}

    /** Question and how far it is. One thread at a time uses it. */
    private static final class BatchQuestion {
        private final int index;
        private final BatchItemBody body;
        private @Nullable Accepted accepted;
        private @Nullable Item result;
        private @Nullable ProblemDetailException problem;

        private BatchQuestion(int index, BatchItemBody body) {
            this.index = index;
            this.body = body;
        }

        private void reject(ProblemDetailException why) {
            problem = why;
            result = new Item.NotAccepted(TurnError.of(why.code(), why.detail()));
        }

        private boolean isUnpublished() {
            return accepted != null && result == null;
        }
    }

    BatchCall(
            QuestionIntake intake,
            RateLimits rates,
            ProblemMapper problems,
            BatchOptions options,
            List<BatchItemBody> items) {
        this.intake = intake;
        this.rates = rates;
        this.problems = problems;
        this.options = options;
        for (BatchItemBody item : items) {
            questions.add(new BatchQuestion(questions.size(), item));
        }
    }

    /** Stores the acceptance of all questions. Accepts the questions of one session in their order. */
    void accept() {
        Map<String, List<BatchQuestion>> bySession = new LinkedHashMap<>();
        for (BatchQuestion question : questions) {
            String session = Objects.requireNonNullElse(question.body.sessionId(), "/" + question.index);
            bySession.computeIfAbsent(session, _ -> new ArrayList<>()).add(question);
        }
        concurrently(
                bySession.values(),
                ofSession -> ofSession.forEach(question -> attempt(question, () -> {
                    accept(question);
                })));
    }

    private void accept(BatchQuestion question) {
        if (question.index > 0) { // the call itself counted as the first question
            rates.consumeOrThrow(options.caller(), RateLimitKind.REQUESTS);
        }
        SessionId session = question.body.session();
        AskBody asked = question.body.toAskBody();
        PreparedTurn turn = intake.prepare(options.caller(), session, asked, options.traceparent(), null)
                .asBatchItem(
                        IdempotencyKeys.ofBatchItem(options.key(), question.index, asked, session), options.callback());
        switch (intake.accept(turn)) {
            case AcceptedQuestion.Unpublished(Accepted accepted) -> question.accepted = accepted;
            case AcceptedQuestion.Known(Submission earlier) -> question.result = asked(earlier);
        }
    }

    /**
     * Publishes all accepted questions except the last one.
     *
     * @return the last question; empty if earlier calls have published all questions
     * @throws ProblemDetailException if no question was accepted; the problem is that of the first question
     */
    Optional<LastQuestion> publishAllButLast() {
        List<BatchQuestion> unpublished =
                questions.stream().filter(BatchQuestion::isUnpublished).toList();
        if (unpublished.isEmpty()) {
            requireAccepted();
            return Optional.empty();
        }
        BatchQuestion last = unpublished.getLast();
        Map<BatchQuestion, Supplier<Submission>> sent = new LinkedHashMap<>();
        for (BatchQuestion question : unpublished.subList(0, unpublished.size() - 1)) {
            attempt(question, () -> sent.put(question, intake.send(Objects.requireNonNull(question.accepted))));
        }
        concurrently(
                sent.entrySet(),
                one -> attempt(
                        one.getKey(),
                        () -> one.getKey().result = asked(one.getValue().get())));
        return Optional.of(new LastQuestion(last));
    }

    private void requireAccepted() {
        if (questions.stream().allMatch(question -> question.problem != null)) {
            throw Objects.requireNonNull(questions.getFirst().problem);
        }
    }

    /** Last question of a batch. It is published after the batch is stored. */
    final class LastQuestion {

        private final Accepted accepted;

        private LastQuestion(BatchQuestion question) {
            accepted = Objects.requireNonNull(question.accepted);
            question.result =
                    new Item.Asked(accepted.turn().session(), accepted.turn().requestId());
        }

        /** @throws ProblemDetailException if Kafka rejected or did not acknowledge the question */
        void publish() {
            var _ = intake.send(accepted).get();
        }
    }

    /** Returns the results of all questions. */
    List<Item> results() {
        return questions.stream()
                .map(question -> Objects.requireNonNull(question.result))
                .toList();
    }

    private Item asked(Submission submission) {
        return new Item.Asked(
                new SessionKey(
                        options.caller().namespace(), submission.request().sessionId()),
                submission.request().requestId());
    }

    private void attempt(BatchQuestion question, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            question.reject(problems.map(e));
        }
    }

    /** Runs the task for each element, on a few threads, and returns when all have ended. The task must not throw. */
    private static <T> void concurrently(Collection<T> work, Consumer<T> task) {
        Queue<T> open = new ConcurrentLinkedQueue<>(work);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < Math.min(CONCURRENCY, work.size()); i++) {
                var _ = threads.submit(() -> {
                    for (T next = open.poll(); next != null; next = open.poll()) {
                        task.accept(next);
                    }
                });
            }
        }
    }
}
