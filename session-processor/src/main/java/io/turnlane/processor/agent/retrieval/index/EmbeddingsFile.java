package io.turnlane.processor.agent.retrieval.index;

import io.turnlane.processor.agent.retrieval.dataset.DataSet;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Format of the packed vectors of a data set: a magic number, the hash of the data set, the dimension, the number of
 * rows, and the rows as big-endian floats. There is one row for each wording, in the order of the data set.
 */
final class EmbeddingsFile {

    static final String RESOURCE = "/io/turnlane/processor/agent/retrieval/embeddings.bin";

    /**
     * Magic number: "TLV" and a version. The version must be increased if the model, the meaning of the rows or the
     * layout changes.
     */
    private static final int MAGIC = 0x544C5601;

    private static final int HASH_BYTES = 32;
    private static final int HEADER_BYTES = Integer.BYTES + HASH_BYTES + 2 * Integer.BYTES;

    private EmbeddingsFile() {}

    static byte[] pack(DataSet dataSet, float[] matrix, int dimension) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.write(dataSet.hash());
            out.writeInt(dimension);
            out.writeInt(matrix.length / dimension);
            ByteBuffer rows = ByteBuffer.allocate(matrix.length * Float.BYTES);
            rows.asFloatBuffer().put(matrix);
            out.write(rows.array());
        }
        return bytes.toByteArray();
    }

    /** Returns true if the file has the current version and contains the vectors of this data set. */
    static boolean matches(DataSet dataSet, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return matches(dataSet, in.readNBytes(HEADER_BYTES));
        }
    }

    /**
     * Returns the vectors.
     *
     * @throws IllegalStateException if the bytes were made from another data set or are incomplete
     */
    static float[] unpack(DataSet dataSet, byte[] bytes) {
        if (!matches(dataSet, bytes)) {
            throw new IllegalStateException("the packed embeddings belong to another data set; run the build again");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(Integer.BYTES + HASH_BYTES);
        int floats = Math.multiplyExact(buffer.getInt(), buffer.getInt());
        if (buffer.remaining() != (long) floats * Float.BYTES) {
            throw new IllegalStateException("the packed embeddings are incomplete; run the build again");
        }
        float[] matrix = new float[floats];
        buffer.asFloatBuffer().get(matrix);
        return matrix;
    }

    private static boolean matches(DataSet dataSet, byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return false;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int magic = header.getInt();
        byte[] hash = new byte[HASH_BYTES];
        header.get(hash);
        return magic == MAGIC && Arrays.equals(hash, dataSet.hash());
    }
}
