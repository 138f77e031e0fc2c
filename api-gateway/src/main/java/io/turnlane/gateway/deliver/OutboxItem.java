package io.turnlane.gateway.deliver;

import io.turnlane.model.SessionKey;

/** What stands in a client's outbox. */
public sealed interface OutboxItem {

    /** What it counts for against the outbox's bound in bytes. */
    int bytes();

    /** A turn event; {@code cursor} is the client's place once it has it. */
    record EventItem(LoggedEvent event, Cursor cursor) implements OutboxItem {
        @Override
        public int bytes() {
            return event.bytes();
        }
    }

    /** Events before here are gone: what is sent next is a snapshot, read when this is taken out, not before. */
    record GapItem(Subscription subscription, Cursor cursor) implements OutboxItem {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /** A resumed client has all that the log held; from here on it is live. */
    record CaughtUpItem(Subscription subscription) implements OutboxItem {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /**
     * Where the client is, though nothing happened in its session: whoever comes back from here needn't read what
     * others said meanwhile.
     */
    record CursorItem(SessionKey session, Cursor cursor) implements OutboxItem {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /** A whole frame of the client's protocol that is not a turn event. */
    @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
    record FrameItem(byte[] json) implements OutboxItem {
        @Override
        public int bytes() {
            return json.length;
        }
    }

    /** Nothing more will come; close and say why. */
    record EndItem(DisconnectReason reason) implements OutboxItem {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /** Why a client is let go. */
    enum DisconnectReason {
        /** It did not read what was sent to it. */
        SLOW,
        /** Too much waits for all clients together, and for this one more than its share. */
        CROWDED,
        /** This gateway stops; another one goes on. */
        SHUTDOWN,
        /** It said goodbye or was found gone. */
        GONE,
        /** What let it in stands no more. */
        REVOKED
    }
}
