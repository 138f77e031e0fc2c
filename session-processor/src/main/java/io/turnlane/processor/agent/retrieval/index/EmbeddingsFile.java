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
 * The packed vectors of a data set as bytes: a mark, the hash of the data set they were made from, the dimension, the
 * number of rows, and the rows as big-endian floats. A row a wording, in the data set's order.
 */
final class EmbeddingsFile {

    static final String RESOURCE = "/io/turnlane/processor/agent/retrieval/embeddings.bin";

    /** "TLV" and the version: raised when the model, the rows' meaning or the layout changes. */
    private static final int MARK = 0x544C5601;

    private static final int HASH_BYTES = 32;
    private static final int HEADER_BYTES = Integer.BYTES + HASH_BYTES + 2 * Integer.BYTES;

    private EmbeddingsFile() {}

    static byte[] pack(DataSet dataSet, float[] matrix, int dimension) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MARK);
            out.write(dataSet.hash());
            out.writeInt(dimension);
            out.writeInt(matrix.length / dimension);
            ByteBuffer rows = ByteBuffer.allocate(matrix.length * Float.BYTES);
            rows.asFloatBuffer().put(matrix);
            out.write(rows.array());
        }
        return bytes.toByteArray();
    }

    /** Whether this file was made from that data set, by this version. */
    static boolean matches(DataSet dataSet, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return matches(dataSet, in.readNBytes(HEADER_BYTES));
        }
    }

    /**
     * The rows.
     *
     * @throws IllegalStateException where the bytes were made from another data set, or are cut short
     */
    static float[] unpack(DataSet dataSet, byte[] bytes) {
        if (!matches(dataSet, bytes)) {
            throw new IllegalStateException("the packed embeddings belong to another data set; build again");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(Integer.BYTES + HASH_BYTES);
        int floats = Math.multiplyExact(buffer.getInt(), buffer.getInt());
        if (buffer.remaining() != (long) floats * Float.BYTES) {
            throw new IllegalStateException("the packed embeddings are cut short; build again");
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
        int mark = header.getInt();
        byte[] hash = new byte[HASH_BYTES];
        header.get(hash);
        return mark == MARK && Arrays.equals(hash, dataSet.hash());
    }
}
