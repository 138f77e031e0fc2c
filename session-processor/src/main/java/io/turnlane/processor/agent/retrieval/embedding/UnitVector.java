package io.turnlane.processor.agent.retrieval.embedding;

import java.nio.FloatBuffer;

/** Vector of length 1. Immutable, so that caches and threads can share it. */
public final class UnitVector {

    private final float[] values;

    private UnitVector(float[] values) {
        this.values = values;
    }

    /**
     * Returns the unit vector with the direction of the values.
     *
     * @throws IllegalArgumentException if all values are zero, or if a value is not a finite number
     */
    public static UnitVector normalize(float[] values) {
        double square = 0;
        for (float value : values) {
            square += (double) value * value;
        }
        if (!(square > 0) || Double.isInfinite(square)) {
            throw new IllegalArgumentException("the values must be finite and not all zero");
        }
        float[] unit = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            unit[i] = (float) (values[i] / Math.sqrt(square));
        }
        return new UnitVector(unit);
    }

    public int dimension() {
        return values.length;
    }

    /**
     * Returns the cosine of the angle to the unit vector that starts at index {@code from} of {@code matrix}, from -1
     * to 1.
     */
    public float cosine(float[] matrix, int from) {
        // Four independent sums can be computed in parallel. The JIT compiler cannot split one sum, because it must not
        // reorder float additions.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i] * matrix[from + i];
            b += values[i + 1] * matrix[from + i + 1];
            c += values[i + 2] * matrix[from + i + 2];
            d += values[i + 3] * matrix[from + i + 3];
        }
        for (; i < values.length; i++) {
            a += values[i] * matrix[from + i];
        }
        return Math.clamp(a + b + c + d, -1f, 1f);
    }

    /** Writes the values at the buffer's position. */
    public void writeTo(FloatBuffer buffer) {
        buffer.put(values);
    }
}
