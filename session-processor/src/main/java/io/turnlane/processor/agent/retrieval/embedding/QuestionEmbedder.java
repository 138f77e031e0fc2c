package io.turnlane.processor.agent.retrieval.embedding;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Embeds questions on one platform thread of its own and remembers the last ones.
 *
 * <p>Threading. {@link #embed} may be called by any number of threads, virtual ones above all: they wait for the
 * answer, never run native code, and can be interrupted. The embedder's own thread alone calls the model, one question
 * at a time, so a burst of questions takes one core and never a virtual thread's carrier. The same question asked by
 * many at once is embedded once. A caller who stops waiting leaves the work in the queue: at two milliseconds it isn't
 * worth taking out, and the next one who asks finds it done. The queue and the cache are the only shared state; both
 * guard themselves. {@link #close} may be called by any thread, more than once.
 */
public final class QuestionEmbedder implements AutoCloseable {

    /** What a question is about stands in its first lines; the rest would only cost time. */
    private static final int MOST_CHARACTERS = 2_000;

    private final SentenceModel model;
    private final BlockingQueue<PendingQuestion> queue;
    private final int bound;
    private final AsyncCache<String, UnitVector> vectors;
    private final Thread thread;
    private volatile boolean closed;

    private record PendingQuestion(String question, CompletableFuture<UnitVector> vector) {}

    /**
     * Starts the thread.
     *
     * @param bound how many questions may wait, beside the one in work
     * @param remembered how many questions' vectors are kept, 1.5 KiB each
     */
    public QuestionEmbedder(SentenceModel model, int bound, int remembered) {
        this.model = model;
        this.bound = bound;
        this.queue = new ArrayBlockingQueue<>(bound);
        this.vectors = Caffeine.newBuilder()
                .maximumSize(remembered)
                .executor(Runnable::run)
                .buildAsync();
        this.thread = Thread.ofPlatform().daemon().name("question-embedder").start(this::work);
    }

    /**
     * The question's vector, once the thread has made it.
     *
     * @throws EmbedderBusyException at once, where too many wait already
     * @throws IllegalStateException where the model failed, or the embedder is closed
     */
    public UnitVector embed(String question) throws InterruptedException {
        String start = question.length() > MOST_CHARACTERS ? question.substring(0, MOST_CHARACTERS) : question;
        CompletableFuture<UnitVector> vector = vectors.get(start, (text, executor) -> enqueue(text));
        try {
            return vector.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the question could not be embedded", e.getCause());
        }
    }

    /** How many questions wait for the thread now. */
    public int waiting() {
        return queue.size();
    }

    /** Ends the thread after the question in work; those who wait are told. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        tellWaiting();
    }

    private CompletableFuture<UnitVector> enqueue(String question) {
        PendingQuestion waiting = new PendingQuestion(question, new CompletableFuture<>());
        if (!queue.offer(waiting)) {
            throw new EmbedderBusyException(bound);
        }
        if (closed) {
            tellWaiting(); // close() may have emptied the queue before this one came
        }
        return waiting.vector();
    }

    private void work() {
        while (!closed) {
            try {
                embed(queue.take());
            } catch (InterruptedException e) {
                break; // only close() interrupts this thread
            }
        }
        tellWaiting();
    }

    /** Whatever goes wrong, linkage errors of native code too, belongs to the caller; the thread lives on. */
    @SuppressWarnings("CatchingUnchecked")
    private void embed(PendingQuestion waiting) {
        try {
            waiting.vector().complete(model.embed(waiting.question()));
        } catch (Throwable e) {
            waiting.vector().completeExceptionally(e);
        }
    }

    private void tellWaiting() {
        for (PendingQuestion waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.vector().completeExceptionally(new IllegalStateException("the embedder is closed"));
        }
    }
}
