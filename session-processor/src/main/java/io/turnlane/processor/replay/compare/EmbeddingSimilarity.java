package io.turnlane.processor.replay.compare;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.processor.agent.retrieval.embedding.SentenceModel;
import io.turnlane.processor.agent.retrieval.embedding.UnitVector;
import java.nio.FloatBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures similarity as the cosine of the embeddings of both texts.
 *
 * <p>Threading: any number of threads may call {@link #between} and wait. Only the threads of this object run the
 * model, because native code must not block the carriers of virtual threads. The first call loads the model.
 */
public final class EmbeddingSimilarity implements TextSimilarity, AutoCloseable {

    /** Maximum length of the text that is embedded. The rest of a longer text is ignored. */
    private static final int MAX_CHARACTERS = 4_000;

    /** The recorded answer of a turn is compared with up to two others. */
    private static final int MAX_VECTORS = 1_000;

    private final Supplier<? extends SentenceModel> loader;
    private final ExecutorService threads;
    private final Cache<String, UnitVector> vectors = Caffeine.newBuilder()
            .maximumSize(MAX_VECTORS)
            .executor(Runnable::run)
            .build();

    private @Nullable SentenceModel model; // guarded by the monitor of this object

    /**
     * @param loader loads a model that several threads can use
     * @param parallel maximum number of cores that embeddings use
     */
    public EmbeddingSimilarity(Supplier<? extends SentenceModel> loader, int parallel) {
        this.loader = loader;
        this.threads = Executors.newFixedThreadPool(
                parallel,
                Thread.ofPlatform().daemon().name("answer-embedder-", 0).factory());
    }

    @Override
    public double between(String one, String other) throws InterruptedException {
        Future<Double> similarity = threads.submit(() -> cosine(vectorOf(one), vectorOf(other)));
        try {
            return similarity.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer could not be embedded", e.getCause());
        }
    }

    private UnitVector vectorOf(String text) {
        String start = text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) : text;
        return vectors.get(start, loadedModel()::embed);
    }

    private static double cosine(UnitVector one, UnitVector other) {
        float[] values = new float[other.dimension()];
        other.writeTo(FloatBuffer.wrap(values));
        return one.cosine(values, 0);
    }

    private synchronized SentenceModel loadedModel() {
        SentenceModel loaded = model == null ? loader.get() : model;
        model = loaded;
        return loaded;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
