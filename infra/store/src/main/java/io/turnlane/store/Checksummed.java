package io.turnlane.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;

/**
 * Envelope of values in Redis: one byte for the format, a CRC32C, and the content, deflated if it is larger than 1 KiB.
 * {@link #open} returns the original content, and throws an exception if the value is damaged.
 */
public final class Checksummed {

    /** Maximum size of content that is stored without compression, in bytes. */
    static final int DEFLATE_OVER = 1024;

    /**
     * Maximum size to which {@link #open} inflates content, in bytes. Damaged input can therefore not fill the heap.
     */
    static final int MAX_CONTENT = 8 * 1024 * 1024;

    private static final int HEADER = 1 + Integer.BYTES;
    private static final byte PLAIN = 1;
    private static final byte DEFLATED = 2;

    private Checksummed() {}

    /** Wraps the content in an envelope. */
    public static byte[] seal(byte[] content) {
        boolean deflate = content.length > DEFLATE_OVER;
        byte[] body = deflate ? deflate(content) : content;
        byte[] sealed = new byte[HEADER + body.length];
        sealed[0] = deflate ? DEFLATED : PLAIN;
        System.arraycopy(body, 0, sealed, HEADER, body.length);
        ByteBuffer.wrap(sealed).putInt(1, checksum(sealed));
        return sealed;
    }

    /**
     * Returns the content of an envelope.
     *
     * @throws CorruptValueException if the envelope is damaged
     */
    public static byte[] open(byte[] sealed) throws CorruptValueException {
        if (sealed.length < HEADER) {
            throw new CorruptValueException("the value is shorter than its header");
        }
        if (checksum(sealed) != ByteBuffer.wrap(sealed).getInt(1)) {
            throw new CorruptValueException("the checksum does not match");
        }
        return switch (sealed[0]) {
            case PLAIN -> Arrays.copyOfRange(sealed, HEADER, sealed.length);
            case DEFLATED -> inflate(sealed);
            default -> throw new CorruptValueException("unknown format " + sealed[0]);
        };
    }

    /**
     * Returns the checksum of the format and of the content in its deflated form. Damage is thus detected before
     * inflation.
     */
    private static int checksum(byte[] sealed) {
        CRC32C crc = new CRC32C();
        crc.update(sealed[0]);
        crc.update(sealed, HEADER, sealed.length - HEADER);
        return (int) crc.getValue();
    }

    private static byte[] deflate(byte[] content) {
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
            deflater.setInput(content);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2);
            byte[] chunk = new byte[8192];
            while (!deflater.finished()) {
                out.write(chunk, 0, deflater.deflate(chunk));
            }
            return out.toByteArray();
        }
    }

    private static byte[] inflate(byte[] sealed) throws CorruptValueException {
        InputStream deflated = new ByteArrayInputStream(sealed, HEADER, sealed.length - HEADER);
        try (InputStream in = new InflaterInputStream(deflated)) {
            byte[] content = in.readNBytes(MAX_CONTENT + 1);
            if (content.length > MAX_CONTENT) {
                throw new CorruptValueException("the deflated content is too large");
            }
            return content;
        } catch (IOException e) {
            throw new CorruptValueException("the content is not valid deflate data");
        }
    }
}
