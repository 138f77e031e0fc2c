package io.turnlane.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The envelope of values in Redis: one byte that says how, a CRC32C, and the content, deflated where it is larger than
 * 1 KiB. A value that was damaged is found out when it is opened; it is never read as something else.
 */
public final class Checksummed {

    /** Below this many bytes deflating gains nothing. */
    static final int DEFLATE_OVER = 1024;

    /** No content of ours is larger; a damaged length must not fill the heap. */
    static final int MAX_CONTENT = 8 * 1024 * 1024;

    private static final int HEAD = 1 + Integer.BYTES;
    private static final byte PLAIN = 1;
    private static final byte DEFLATED = 2;

    private Checksummed() {}

    /** Wraps the content. */
    public static byte[] seal(byte[] content) {
        boolean deflate = content.length > DEFLATE_OVER;
        byte[] body = deflate ? deflate(content) : content;
        byte[] sealed = new byte[HEAD + body.length];
        sealed[0] = deflate ? DEFLATED : PLAIN;
        System.arraycopy(body, 0, sealed, HEAD, body.length);
        ByteBuffer.wrap(sealed).putInt(1, checksum(sealed));
        return sealed;
    }

    /**
     * Unwraps the content.
     *
     * @throws CorruptValueException where the bytes are not what was sealed
     */
    public static byte[] open(byte[] sealed) throws CorruptValueException {
        if (sealed.length < HEAD) {
            throw new CorruptValueException("shorter than its head");
        }
        if (checksum(sealed) != ByteBuffer.wrap(sealed).getInt(1)) {
            throw new CorruptValueException("checksum differs");
        }
        return switch (sealed[0]) {
            case PLAIN -> Arrays.copyOfRange(sealed, HEAD, sealed.length);
            case DEFLATED -> inflate(sealed);
            default -> throw new CorruptValueException("unknown form " + sealed[0]);
        };
    }

    /** Over all but itself, so that damage shows before anything is inflated. */
    private static int checksum(byte[] sealed) {
        CRC32C crc = new CRC32C();
        crc.update(sealed[0]);
        crc.update(sealed, HEAD, sealed.length - HEAD);
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
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(sealed, HEAD, sealed.length - HEAD);
            ByteArrayOutputStream out = new ByteArrayOutputStream(sealed.length * 3);
            byte[] chunk = new byte[8192];
            while (!inflater.finished()) {
                int read = inflater.inflate(chunk);
                if (read == 0 || out.size() + read > MAX_CONTENT) {
                    throw new CorruptValueException("deflated content ends early or is too large");
                }
                out.write(chunk, 0, read);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new CorruptValueException("not deflated content");
        }
    }
}
