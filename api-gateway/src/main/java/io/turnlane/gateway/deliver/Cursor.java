package io.turnlane.gateway.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A client's place in the event log of its session: the last record it has seen, and what it knew by then, so that
 * whoever goes on from here recognises twins and the late words of an owner that was replaced.
 *
 * @param partition of the events topic
 * @param offset of the last record seen
 * @param state what the client knew there
 * @param sessionChecksum a checksum of the session's key: a cursor of another session is found out
 */
public record Cursor(int partition, long offset, ReducerState state, int sessionChecksum) {

    private static final byte VERSION = 2;
    private static final int BODY =
            1 + Integer.BYTES + Long.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES + 1 + Long.BYTES + Integer.BYTES;
    private static final UUID NO_REQUEST = new UUID(0, 0);
    private static final int ENDED = 1;
    private static final int SHOWN = 2;
    private static final int WHOLE = 4;

    /**
     * How much of one request a client has seen.
     *
     * @param ended its terminal event was seen
     * @param textShown the text of this attempt was shown from its beginning, so that more of it may follow
     */
    public record RequestProgress(RequestId requestId, int attempt, int seq, boolean ended, boolean textShown) {}

    /**
     * What a client knows of its session.
     *
     * @param progress of the turn in flight; null where it has seen none
     * @param turn place of the latest turn that it saw running; {@link LoggedEvent#UNKNOWN_TURN} where it saw none
     * @param complete nothing is missing since it came in: text that follows needs no beginning to make sense
     */
    public record ReducerState(@Nullable RequestProgress progress, long turn, boolean complete) {

        /** Of somebody who comes in now. */
        static final ReducerState NEW_CLIENT = new ReducerState(null, LoggedEvent.UNKNOWN_TURN, true);

        /** Of somebody who missed something. */
        static final ReducerState AFTER_GAP = new ReducerState(null, LoggedEvent.UNKNOWN_TURN, false);
    }

    /** A cursor of this session. */
    static Cursor of(SessionKey session, int partition, long offset, ReducerState known) {
        return new Cursor(partition, offset, known, checksum(session));
    }

    /** A cursor of somebody who has seen nothing, at this place of its session. */
    public static Cursor at(SessionKey session, int partition, long offset) {
        return of(session, partition, offset, ReducerState.AFTER_GAP);
    }

    /** Whether it was made for this session. */
    public boolean belongsTo(SessionKey key) {
        return sessionChecksum == checksum(key);
    }

    /** Whether it is about this request and its end had not been seen. */
    public boolean isBeforeEnd(RequestId requestId) {
        RequestProgress progress = state.progress();
        return progress != null && !progress.ended() && progress.requestId().equals(requestId);
    }

    /** Whether the terminal event of this request had been seen. */
    public boolean hasEnd(RequestId requestId) {
        RequestProgress progress = state.progress();
        return progress != null && progress.ended() && progress.requestId().equals(requestId);
    }

    /** The same place, where the client has seen this request's end. */
    public Cursor ended(RequestId requestId, int attempt) {
        RequestProgress end = new RequestProgress(requestId, attempt, 0, true, false);
        return new Cursor(partition, offset, new ReducerState(end, state.turn(), state.complete()), sessionChecksum);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException where it isn't what {@link #toString} made
     */
    public static Cursor parse(String text) {
        ByteBuffer in = ByteBuffer.wrap(decode(text));
        if (in.remaining() != BODY + Integer.BYTES
                || in.get(0) != VERSION
                || in.getInt(BODY) != crc(in.array(), BODY)) {
            throw new IllegalArgumentException("not a cursor of this service");
        }
        in.get();
        int partition = in.getInt();
        long offset = in.getLong();
        UUID request = new UUID(in.getLong(), in.getLong());
        int attempt = in.getInt();
        int seq = in.getInt();
        int flags = in.get();
        RequestProgress progress = request.equals(NO_REQUEST)
                ? null
                : new RequestProgress(new RequestId(request), attempt, seq, (flags & ENDED) != 0, (flags & SHOWN) != 0);
        return new Cursor(
                partition, offset, new ReducerState(progress, in.getLong(), (flags & WHOLE) != 0), in.getInt());
    }

    /** The opaque text that clients get: base64url, 72 characters. */
    @Override
    public String toString() {
        ByteBuffer out = ByteBuffer.allocate(BODY + Integer.BYTES);
        RequestProgress progress = state.progress();
        UUID request = progress == null ? NO_REQUEST : progress.requestId().value();
        out.put(VERSION).putInt(partition).putLong(offset);
        out.putLong(request.getMostSignificantBits()).putLong(request.getLeastSignificantBits());
        out.putInt(progress == null ? 0 : progress.attempt()).putInt(progress == null ? 0 : progress.seq());
        out.put(flags(progress)).putLong(state.turn()).putInt(sessionChecksum);
        out.putInt(crc(out.array(), BODY));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
    }

    private byte flags(@Nullable RequestProgress progress) {
        int flags = state.complete() ? WHOLE : 0;
        if (progress != null) {
            flags |= (progress.ended() ? ENDED : 0) | (progress.textShown() ? SHOWN : 0);
        }
        return (byte) flags;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a cursor of this service", e);
        }
    }

    private static int checksum(SessionKey session) {
        byte[] key = session.toString().getBytes(StandardCharsets.UTF_8);
        return crc(key, key.length);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
