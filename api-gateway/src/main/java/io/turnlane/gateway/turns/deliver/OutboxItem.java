package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.SessionKey;

/** Item in a client's {@link Outbox}. */
public sealed interface OutboxItem {

    /** Returns the number of bytes that this item counts against the outbox's bound. */
    default int bytes() {
        return 0;
    }

    /** Turn event. {@code cursor} is the position of the client after this event. */
    record EventItem(LoggedEvent event, Cursor cursor) implements OutboxItem {
        @Override
        public int bytes() {
            return event.bytes();
        }
    }

    /**
     * Marker for missing events. The client receives a snapshot in their place. The writer reads the snapshot when it
     * takes this item out of the outbox, so the snapshot is as recent as possible.
     */
    record GapItem(Subscription subscription, Cursor cursor) implements OutboxItem {}

    /** Marker that a resumed client has received everything from the log and receives live events from here on. */
    record CaughtUpItem(Subscription subscription) implements OutboxItem {}

    /**
     * New cursor for the client of a session without recent events. If the client resumes from it, the gateway need not
     * read the earlier events of other sessions.
     */
    record CursorItem(SessionKey session, Cursor cursor) implements OutboxItem {}

    /** Complete frame of the client's protocol that is not a turn event. */
    @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
    record FrameItem(byte[] json) implements OutboxItem {
        @Override
        public int bytes() {
            return json.length;
        }
    }

    /** Last item. The writer closes the connection with this reason. */
    record EndItem(DisconnectReason reason) implements OutboxItem {}

    /** Reason for which a client is disconnected. The names are values of the metric tag {@code reason}. */
    enum DisconnectReason {
        /** The client did not read its messages fast enough. */
        SLOW,
        /** The client has reached its share of the {@link SharedByteLimit}. */
        CROWDED,
        /** The gateway stops. The client can continue at another gateway. */
        SHUTDOWN,
        /** The client closed the connection or no longer responds. */
        GONE,
        /** The connection has reached its maximum age. The client can continue on a new one. */
        AGED,
        /** The client's credentials are no longer valid. */
        REVOKED,
        /** The client sent too many invalid frames. */
        INVALID
    }
}
