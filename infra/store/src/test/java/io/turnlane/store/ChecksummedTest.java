package io.turnlane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ChecksummedTest {

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void opensSealedContentOfAnySize() throws CorruptValueException {
        for (int size : new int[] {0, 1, 100, Checksummed.DEFLATE_OVER, Checksummed.DEFLATE_OVER + 1, 100_000}) {
            byte[] content = bytes(size);
            assertThat(Checksummed.open(Checksummed.seal(content)))
                    .as("size %d, seed %d", size, seed)
                    .isEqualTo(content);
        }
    }

    @Test
    void deflatesLargeContent() {
        assertThat(Checksummed.seal(new byte[100_000])).hasSizeLessThan(1_000);
    }

    @Test
    void detectsADamagedByteAtEveryPosition() {
        byte[] sealed = Checksummed.seal("what is impermanent loss?".repeat(60).getBytes());
        for (int i = 0; i < sealed.length; i++) {
            byte[] damaged = sealed.clone();
            damaged[i] ^= (byte) (1 + random.nextInt(255));
            assertThatThrownBy(() -> Checksummed.open(damaged))
                    .as("byte %d, seed %d", i, seed)
                    .isInstanceOf(CorruptValueException.class);
        }
    }

    @Test
    void detectsTruncatedValues() {
        byte[] sealed = Checksummed.seal(bytes(3_000));
        for (int length = 0; length < sealed.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> Checksummed.open(cut)).isInstanceOf(CorruptValueException.class);
        }
    }

    private byte[] bytes(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    @FuzzTest(maxDuration = "1m")
    void sealedValues(byte[] bytes) {
        opens(bytes);
        opens(withChecksum(bytes));
        byte[] sealed = Checksummed.seal(bytes);
        try {
            assertThat(Checksummed.open(sealed)).isEqualTo(bytes);
        } catch (CorruptValueException e) {
            throw new AssertionError("a sealed value cannot be opened", e);
        }
    }

    private static void opens(byte[] bytes) {
        try {
            assertThat(Checksummed.open(bytes)).hasSizeLessThanOrEqualTo(Checksummed.MAX_CONTENT);
        } catch (CorruptValueException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    /** Sets a correct checksum, so that the code behind the checksum test is reached. */
    private static byte[] withChecksum(byte[] bytes) {
        byte[] sealed = Arrays.copyOf(bytes, Math.max(bytes.length, 1 + Integer.BYTES));
        CRC32C crc = new CRC32C();
        crc.update(sealed[0]);
        crc.update(sealed, 1 + Integer.BYTES, sealed.length - 1 - Integer.BYTES);
        ByteBuffer.wrap(sealed).putInt(1, (int) crc.getValue());
        return sealed;
    }
}
