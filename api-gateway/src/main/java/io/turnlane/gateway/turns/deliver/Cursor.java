package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Position of a client in the event log of its session: the last record that the client has seen, and the state of its
 * {@link EventReducer} at that record. With this state, any gateway can continue the stream from the cursor and
 * recognise duplicates and late events of a previous owner of the session.
 *
 * @param partition partition of the events topic
 * @param offset offset of the last record that the client has seen
 * @param state state of the client's reducer at that record
 * @param sessionChecksum checksum of the session's key; shows if a cursor belongs to another session
 */
public record Cursor(int partition, long offset, ReducerState state, int sessionChecksum) {

    private static final byte VERSION = 2;
    private static final int BODY =
            1 + Integer.BYTES + Long.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES + 1 + Long.BYTES + Integer.BYTES;
    private static final UUID NO_REQUEST = new UUID(0, 0);
    private static final int ENDED = 1;
    private static final int SHOWN = 2;
    private static final int COMPLETE = 4;

    /**
     * Last event of a request that a client has seen.
     *
     * @param ended true if the client has seen the terminal event
     * @param textShown true if the client has received all text of this attempt up to {@code seq}
     */
    public record RequestProgress(RequestId requestId, int attempt, int seq, boolean ended, boolean textShown) {}

    /**
     * State that an {@link EventReducer} needs to continue after a cursor.
     *
     * @param progress progress of the latest turn; null if the client has seen no turn
     * @param turn latest turn that the client saw running, as its offset on the turns topic;
     *     {@link LoggedEvent#UNKNOWN_TURN} if the client saw no turn running
     * @param complete false if the client may have missed the beginning of a turn's text; the reducer then withholds
     *     the text of each turn until the turn's {@code started} event
     */
    public record ReducerState(@Nullable RequestProgress progress, long turn, boolean complete) {

        /** State of a client that connects without a cursor. */
        static final ReducerState NEW_CLIENT = new ReducerState(null, LoggedEvent.UNKNOWN_TURN, true);

        /** State of a client that has missed events. */
        static final ReducerState AFTER_GAP = new ReducerState(null, LoggedEvent.UNKNOWN_TURN, false);
    }

    static Cursor of(SessionKey session, int partition, long offset, ReducerState state) {
        return new Cursor(partition, offset, state, checksum(session));
    }

    /** Returns a cursor at this offset for a client that has missed all earlier events of the session. */
    public static Cursor at(SessionKey session, int partition, long offset) {
        return of(session, partition, offset, ReducerState.AFTER_GAP);
    }

    /** Returns true if this cursor belongs to the session. */
    public boolean belongsTo(SessionKey key) {
        return sessionChecksum == checksum(key);
    }

    /** Returns true if the client had seen an event of this request, but not its terminal event. */
    public boolean isBeforeEnd(RequestId requestId) {
        RequestProgress progress = state.progress();
        return progress != null && !progress.ended() && progress.requestId().equals(requestId);
    }

    /** Returns true if the client had seen the terminal event of this request. */
    public boolean hasEnd(RequestId requestId) {
        RequestProgress progress = state.progress();
        return progress != null && progress.ended() && progress.requestId().equals(requestId);
    }

    /** Returns a cursor at the same offset for a client that has also seen the terminal event of this request. */
    public Cursor ended(RequestId requestId, int attempt) {
        RequestProgress end = new RequestProgress(requestId, attempt, 0, true, false);
        return new Cursor(partition, offset, new ReducerState(end, state.turn(), state.complete()), sessionChecksum);
    }

    /**
     * Parses the text form.
     *
     * @throws IllegalArgumentException if the text was not produced by {@link #toString}
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
                partition, offset, new ReducerState(progress, in.getLong(), (flags & COMPLETE) != 0), in.getInt());
    }

    /** Returns the opaque text that clients receive: 72 characters of base64url. */
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
        int flags = state.complete() ? COMPLETE : 0;
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
