package io.turnlane.processor.agent.retrieval.embedding;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeds questions, which means that it computes their vectors. Uses one dedicated platform thread and caches the most
 * recent vectors.
 *
 * <p>Threading: any number of threads may call {@link #embed}. Callers wait for the vector and can be interrupted. They
 * are mostly virtual threads, and never run native code. Only the embedder's thread loads and calls the model, one
 * question at a time. A burst of questions therefore uses one core and never blocks the carrier of a virtual thread. If
 * several callers ask the same question at once, it is embedded once. If a caller is interrupted, its question is still
 * embedded, which takes about two milliseconds. The queue and the cache are the only shared state, and both are
 * thread-safe. Any thread may call {@link #close}, more than once.
 */
public final class QuestionEmbedder implements AutoCloseable {

    /**
     * Maximum length of the text that is embedded. Longer questions are cut. Their first lines usually contain the
     * topic, and embedding the rest would only take time.
     */
    private static final int MAX_CHARACTERS = 2_000;

    private static final Logger log = LoggerFactory.getLogger(QuestionEmbedder.class);

    private final Supplier<? extends SentenceModel> loader;
    private final AsyncCache<String, UnitVector> vectors;
    private final ThreadPoolExecutor thread;

    private @Nullable SentenceModel model; // only the embedder's thread uses it

    /**
     * Loads the model for the first question or after {@code preloadDelay}, so that a processor is ready sooner.
     *
     * @param loader loads the model; called again for the next question if it throws
     * @param preloadDelay time after which the model is loaded if nobody has asked
     * @param bound maximum number of questions that wait, in addition to the one that is being embedded
     * @param remembered number of cached vectors, 1.5 KiB each
     */
    public QuestionEmbedder(
            Supplier<? extends SentenceModel> loader, Duration preloadDelay, int bound, int remembered) {
        this.loader = loader;
        this.vectors = Caffeine.newBuilder()
                .maximumSize(remembered)
                .executor(Runnable::run)
                .buildAsync();
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(bound),
                Thread.ofPlatform().daemon().name("question-embedder").factory(),
                (question, pool) -> {
                    throw pool.isShutdown() ? closed() : new EmbedderBusyException(bound);
                });
        CompletableFuture.delayedExecutor(preloadDelay.toNanos(), TimeUnit.NANOSECONDS, thread)
                .execute(this::preload);
    }

    /**
     * Returns the vector of the question. Blocks until the embedder's thread has computed it.
     *
     * @throws EmbedderBusyException if too many questions are waiting
     * @throws IllegalStateException if the model failed or the embedder is closed
     */
    public UnitVector embed(String question) throws InterruptedException {
        String start = question.length() > MAX_CHARACTERS ? question.substring(0, MAX_CHARACTERS) : question;
        CompletableFuture<UnitVector> vector =
                vectors.get(start, (text, executor) -> CompletableFuture.supplyAsync(() -> vectorOf(text), thread));
        try {
            return vector.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the question could not be embedded", e.getCause());
        }
    }

    /** Returns the number of questions that are waiting for the embedder's thread. */
    public int waiting() {
        return thread.getQueue().size();
    }

    /**
     * Ends the thread after the current question. Callers that are still waiting get an {@link IllegalStateException}.
     */
    @Override
    public void close() {
        thread.shutdown(); // the questions that wait end at once, see vectorOf
    }

    /** Loads the model, so that an operator finds a failure in the log before a user asks. */
    @SuppressWarnings("CatchingUnchecked")
    private void preload() {
        try {
            loadedModel();
        } catch (Throwable e) { // also a linkage error of native code
            log.atError()
                    .setCause(e)
                    .log("the sentence model could not be loaded; questions to the retrieval agent will fail");
        }
    }

    private UnitVector vectorOf(String question) {
        if (thread.isShutdown()) {
            throw closed();
        }
        return loadedModel().embed(question);
    }

    private SentenceModel loadedModel() {
        SentenceModel loaded = model == null ? loader.get() : model;
        model = loaded;
        return loaded;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the embedder is closed");
    }
}
