package io.turnlane.processor.agent.retrieval.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class QuestionEmbedderTest {

    private static final Duration LATER = Duration.ofHours(1);

    private final List<String> embedded = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private UnitVector embed(String question) {
        threads.add(Thread.currentThread());
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        embedded.add(question);
        return UnitVector.normalize(new float[] {question.length(), 1});
    }

    @Test
    void embedsEachQuestionOnceOnItsOwnPlatformThread() throws Exception {
        gate.countDown();
        try (QuestionEmbedder embedder = new QuestionEmbedder(() -> this::embed, LATER, 8, 8)) {
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    embedder.embed("a");
                    embedder.embed("b");
                    embedder.embed("a");
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            caller.join();
        }
        assertThat(embedded).containsExactly("a", "b");
        assertThat(threads).allSatisfy(thread -> assertThat(thread.isVirtual()).isFalse());
        assertThat(threads.stream().distinct()).hasSize(1);
    }

    @Test
    void loadsTheModelOnceForTheFirstQuestion() throws Exception {
        gate.countDown();
        AtomicInteger loads = new AtomicInteger();
        Supplier<SentenceModel> loader = () -> {
            loads.incrementAndGet();
            return this::embed;
        };
        try (QuestionEmbedder embedder = new QuestionEmbedder(loader, LATER, 1, 8)) {
            assertThat(loads).hasValue(0);
            embedder.embed("a");
            embedder.embed("b");
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void loadsTheModelBeforeTheFirstQuestionIfNobodyAsks() {
        CountDownLatch loaded = new CountDownLatch(1);
        Supplier<SentenceModel> loader = () -> {
            loaded.countDown();
            return this::embed;
        };
        try (QuestionEmbedder embedder = new QuestionEmbedder(loader, Duration.ofMillis(1), 1, 8)) {
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> loaded.getCount() == 0);
            assertThat(embedder.waiting()).isZero();
        }
    }

    @Test
    void loadsTheModelAgainAfterAFailedLoad() throws Exception {
        gate.countDown();
        AtomicInteger loads = new AtomicInteger();
        Supplier<SentenceModel> loader = () -> {
            if (loads.incrementAndGet() == 1) {
                throw new UncheckedIOException(new IOException("no memory"));
            }
            return this::embed;
        };
        try (QuestionEmbedder embedder = new QuestionEmbedder(loader, LATER, 1, 8)) {
            assertThatThrownBy(() -> embedder.embed("a")).hasRootCauseMessage("no memory");
            assertThat(embedder.embed("b")).isNotNull();
        }
    }

    @Test
    void rejectsAQuestionIfTooManyAreWaiting() {
        try (QuestionEmbedder embedder = new QuestionEmbedder(() -> this::embed, LATER, 1, 8)) {
            start(embedder, "in work");
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> threads.size() == 1);
            start(embedder, "waits");
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> embedder.waiting() == 1);
            assertThatThrownBy(() -> embedder.embed("one too many")).isInstanceOf(EmbedderBusyException.class);
            gate.countDown();
        }
    }

    @Test
    void callersCanBeInterrupted() throws Exception {
        try (QuestionEmbedder embedder = new QuestionEmbedder(() -> this::embed, LATER, 1, 8)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    embedder.embed("never");
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
            caller.interrupt();
            caller.join(Duration.ofSeconds(5));
            assertThat(interrupted.getCount()).isZero();
            gate.countDown();
        }
    }

    private static void start(QuestionEmbedder embedder, String question) {
        Thread.ofVirtual().start(() -> {
            try {
                embedder.embed(question);
            } catch (InterruptedException | IllegalStateException e) {
                // the embedder was closed
            }
        });
    }
}
