package io.turnlane.processor.agent.retrieval.index;

import io.turnlane.processor.agent.retrieval.dataset.DataSet;
import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import io.turnlane.processor.agent.retrieval.embedding.SentenceModel;
import io.turnlane.processor.agent.retrieval.embedding.UnitVector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Index of the data set's entries by the vectors and the words of their wordings.
 *
 * <p>The score of an entry combines two measures, because each finds entries that the other one misses. The similarity
 * compares meanings. The words compare the terms of the domain, and weigh rare ones more. docs/performance/retrieval.md
 * lists what was tried and what it gave.
 *
 * <p>The vectors form one packed matrix with a row for each wording. A search scans all rows. Scanning some 3,900 rows
 * of 384 floats takes about one millisecond, so a structure for approximate search would not pay off. Safe for use by
 * multiple threads. The index of words is created by the first search or by {@link #preload}.
 *
 * <p>The similarity of an entry is the mean over its {@value #NEAREST_WORDINGS} nearest wordings. The nearest wording
 * alone is a weaker measure, because it often shares only unimportant words with the question.
 */
public final class AnswerIndex {

    private static final int NEAREST_WORDINGS = 2;

    /**
     * Similarity above which a wording and the question count as the same question. Texts of such a similarity differ
     * in about one word at most.
     */
    private static final float SAME_QUESTION = 0.92f;

    /** Weight of the words. The similarity has the weight 1. */
    private static final float WORD_WEIGHT = 0.4f;

    /**
     * Minimum BM25 score that counts as a full match of words. If the best entry has a lower score, the question shares
     * only unimportant words with all entries.
     */
    private static final float FULL_MATCH = 8;

    private final List<DataSetEntry> entries;
    private final Map<String, DataSetEntry> byId;
    private final float[] matrix;
    /**
     * Index of the first row of each entry. Entry {@code i} has the rows from {@code firstRow[i]} (inclusive) to
     * {@code firstRow[i + 1]} (exclusive).
     */
    private final int[] firstRow;

    private final int dimension;
    private volatile @Nullable WordIndex words;

    /**
     * Entry with its score for a question.
     *
     * @param score weighted mean of the similarity, which is the cosine between the question and the nearest wordings
     *     of the entry, and of the match of words, which is 1 for the best entry; from -1 to 1
     */
    public record Match(DataSetEntry entry, float score) {}

    AnswerIndex(DataSet dataSet, float[] matrix) {
        this.entries = dataSet.entries();
        this.byId = entries.stream().collect(Collectors.toUnmodifiableMap(DataSetEntry::id, Function.identity()));
        this.firstRow = firstRows(entries);
        this.matrix = matrix;
        int rows = firstRow[entries.size()];
        if (rows == 0 || matrix.length % rows != 0) {
            throw new IllegalArgumentException("the matrix must have a row for each of " + rows + " wordings");
        }
        this.dimension = matrix.length / rows;
    }

    /**
     * Reads the vectors that the build packed for this data set.
     *
     * @throws IllegalStateException if the vectors are missing or belong to another data set
     */
    public static AnswerIndex load(DataSet dataSet) {
        try (InputStream in = AnswerIndex.class.getResourceAsStream(EmbeddingsFile.RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(EmbeddingsFile.RESOURCE + " is missing; run the build to create it");
            }
            return new AnswerIndex(dataSet, EmbeddingsFile.unpack(dataSet, in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(EmbeddingsFile.RESOURCE, e);
        }
    }

    /** Computes the vectors of all wordings with the model. Only the build and tests call this method. */
    static float[] embed(DataSet dataSet, SentenceModel model) {
        List<UnitVector> vectors = dataSet.entries().stream()
                .flatMap(entry -> entry.wordings().stream())
                .map(model::embed)
                .toList();
        FloatBuffer matrix =
                FloatBuffer.allocate(vectors.size() * vectors.getFirst().dimension());
        vectors.forEach(vector -> vector.writeTo(matrix));
        return matrix.array();
    }

    /**
     * Returns the {@code k} entries nearest to the question, nearest first. Entries of equal score keep the order of
     * the data set.
     *
     * @param vector vector of the question
     */
    public List<Match> nearest(String question, UnitVector vector, int k) {
        if (vector.dimension() != dimension) {
            throw new IllegalArgumentException("the vector must have " + dimension + " dimensions");
        }
        float[] scores = words().scores(question);
        float fullMatch = FULL_MATCH;
        for (float score : scores) {
            fullMatch = Math.max(fullMatch, score);
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (similarity(vector, i) + WORD_WEIGHT * scores[i] / fullMatch) / (1 + WORD_WEIGHT);
        }
        return IntStream.range(0, scores.length)
                .mapToObj(i -> new Match(entries.get(i), scores[i]))
                .sorted(Comparator.comparingDouble(Match::score).reversed())
                .limit(k)
                .toList();
    }

    /** Creates the index of words, so that the first search is faster. */
    public void preload() {
        words();
    }

    private synchronized WordIndex createdWords() {
        WordIndex created = words == null ? new WordIndex(entries) : words;
        words = created;
        return created;
    }

    private WordIndex words() {
        WordIndex created = words;
        return created == null ? createdWords() : created;
    }

    public Optional<DataSetEntry> withId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public int size() {
        return entries.size();
    }

    private float similarity(UnitVector question, int entry) {
        float[] nearest = new float[NEAREST_WORDINGS];
        Arrays.fill(nearest, -1);
        for (int row = firstRow[entry]; row < firstRow[entry + 1]; row++) {
            insert(nearest, question.cosine(matrix, row * dimension));
        }
        if (nearest[0] >= SAME_QUESTION) {
            return nearest[0];
        }
        float sum = 0;
        for (float one : nearest) {
            sum += one;
        }
        return sum / NEAREST_WORDINGS;
    }

    /** Inserts a value into an array that is sorted in descending order, and drops the smallest value. */
    private static void insert(float[] largest, float value) {
        for (int i = 0; i < largest.length; i++) {
            if (value > largest[i]) {
                float pushed = largest[i];
                largest[i] = value;
                value = pushed;
            }
        }
    }

    private static int[] firstRows(List<DataSetEntry> entries) {
        int[] rows = new int[entries.size() + 1];
        for (int i = 0; i < entries.size(); i++) {
            rows[i + 1] = entries.get(i).wordings().size();
        }
        Arrays.parallelPrefix(rows, Integer::sum);
        return rows;
    }
}
