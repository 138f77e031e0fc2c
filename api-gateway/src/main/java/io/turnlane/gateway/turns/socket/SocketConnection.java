package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.OutboxItem;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.gateway.turns.requests.ClientCursor;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.PreparedTurn;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connection of one client. Handles the client's frames and keeps its subscriptions to sessions. All messages to the
 * client pass through one outbox.
 *
 * <p>Threading: the container delivers one message at a time. Any thread may call {@link #close}. This object's monitor
 * guards the subscriptions and is never held during a blocking call.
 */
final class SocketConnection {

    private static final int MAX_INVALID_FRAMES = 20;

    private final Caller caller;
    private final SocketServices services;
    private final Outbox outbox;
    private final boolean mayRead;
    private final AskedRequests asked = new AskedRequests();
    private final Map<SessionKey, Subscription> subscriptions = new HashMap<>();
    private boolean closed;
    /** Confined to the container's thread that delivers messages. */
    private int invalidFrames;

    private volatile long lastActivity = System.nanoTime();

    SocketConnection(Caller caller, SocketServices services) {
        this.caller = caller;
        this.mayRead = caller.scopes().contains(Scope.READ);
        this.services = services;
        // Without the scope read, a client cannot receive the rest of its answers on another connection.
        this.outbox =
                mayRead ? services.streams().openOutbox() : services.streams().openLastingOutbox();
    }

    Outbox outbox() {
        return outbox;
    }

    void recordActivity() {
        lastActivity = System.nanoTime();
    }

    /** Returns the time since the last message or pong from the client, in nanoseconds. */
    long idleNanos() {
        return System.nanoTime() - lastActivity;
    }

    /** Executes a frame and puts the reply into the outbox. Ignores a frame that arrives during the disconnect. */
    void handle(ClientFrame frame) {
        if (!outbox.startCall()) {
            return;
        }
        try {
            requireScope(frame);
            services.guard().rates().consumeOrThrow(caller, RateLimitKind.REQUESTS);
            switch (frame) {
                case ClientFrame.AskFrame ask -> ask(ask);
                case ClientFrame.SubscribeFrame subscribe -> subscribe(subscribe);
                case ClientFrame.UnsubscribeFrame unsubscribe -> unsubscribe(unsubscribe);
                case ClientFrame.CancelFrame cancel -> cancel(cancel);
                case ClientFrame.PingFrame ping -> send(services.frames().pong(ping.ref()));
            }
        } catch (RuntimeException e) {
            reject(frame.ref(), services.guard().problems().map(e));
        } finally {
            outbox.endCall();
        }
    }

    private void requireScope(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.AskFrame _, ClientFrame.CancelFrame _ -> caller.require(Scope.ASK);
            case ClientFrame.SubscribeFrame _ -> caller.require(Scope.READ);
            case ClientFrame.UnsubscribeFrame _, ClientFrame.PingFrame _ -> {}
        }
    }

    private void reject(@Nullable String ref, ProblemDetailException problem) {
        send(services.frames().error(ref, problem));
    }

    /**
     * Sends an error frame for a frame that cannot be read. After {@value #MAX_INVALID_FRAMES} such frames, also
     * disconnects the client.
     */
    void rejectInvalid(@Nullable String ref, ProblemDetailException problem) {
        reject(ref, problem);
        invalidFrames++;
        if (isEnding()) {
            outbox.offer(new OutboxItem.EndItem(DisconnectReason.INVALID));
        }
    }

    /** Returns true if the client is being disconnected, so that its further frames have no effect. */
    boolean isEnding() {
        return invalidFrames >= MAX_INVALID_FRAMES;
    }

    /** Asks a question. Holds back the events of the session until the {@code accepted} frame has been queued. */
    private void ask(ClientFrame.AskFrame ask) {
        PreparedTurn turn = services.intake().prepare(caller, ask.sessionId(), ask.body(), null, null);
        if (!mayRead) {
            asked.add(turn.requestId());
        }
        boolean wasFollowing = follows(turn.session());
        Subscription subscription = follow(turn.session(), null);
        subscription.hold();
        boolean accepted = false;
        try {
            RequestResource request = services.intake().submit(turn).request();
            send(services.frames().accepted(ask.ref(), request, subscription.currentCursor()));
            accepted = true;
        } finally {
            services.streams().release(subscription);
            if (!accepted && !wasFollowing) {
                unfollow(turn.session());
            }
        }
    }

    private void subscribe(ClientFrame.SubscribeFrame subscribe) {
        SessionKey session = key(subscribe.sessionId());
        Cursor after = ClientCursor.read(subscribe.after());
        services.lost().requireSession(session, after);
        if (after != null) {
            services.guard().rates().consumeOrThrow(caller, RateLimitKind.CATCH_UPS);
            unfollow(session);
        }
        Subscription subscription = follow(session, after);
        // Without the hold, an event could be queued after the cursor is read and before the reply is queued. The
        // client would then receive a cursor that is older than an event it already has.
        subscription.hold();
        send(services.frames().subscribed(subscribe.ref(), session.sessionId(), subscription.currentCursor()));
        services.streams().release(subscription);
    }

    private void unsubscribe(ClientFrame.UnsubscribeFrame unsubscribe) {
        SessionKey session = key(unsubscribe.sessionId());
        unfollow(session);
        send(services.frames().unsubscribed(unsubscribe.ref(), session.sessionId()));
    }

    private void cancel(ClientFrame.CancelFrame cancel) {
        SessionKey session = key(cancel.sessionId());
        RequestId requestId = cancel.requestId();
        if (requestId == null) {
            throw ProblemDetailException.invalid("request_id is missing.");
        }
        RequestResource request = services.cancellations()
                .cancel(caller, session.sessionId(), requestId, cancel.reason())
                .request();
        send(services.frames().cancelling(cancel.ref(), request));
    }

    private SessionKey key(@Nullable SessionId session) {
        if (session == null) {
            throw ProblemDetailException.invalid("session_id is missing.");
        }
        return caller.sessionKey(session);
    }

    private synchronized boolean follows(SessionKey session) {
        return subscriptions.containsKey(session);
    }

    private synchronized Subscription follow(SessionKey session, @Nullable Cursor after) {
        Subscription present = subscriptions.get(session);
        if (present != null) {
            return present;
        }
        if (closed || subscriptions.size() >= services.maxSessions()) {
            throw new ProblemDetailException(
                    ErrorCode.INVALID_REQUEST,
                    "One WebSocket can follow at most " + services.maxSessions()
                            + " sessions. Unsubscribe from a session first.");
        }
        EventStreams streams = services.streams();
        EventFilter filter = mayRead ? EventFilter.SESSION : EventFilter.among(asked::contains);
        Subscription created = after == null
                ? streams.subscribeLive(outbox, session, filter)
                : streams.subscribeAfter(outbox, session, filter, after);
        subscriptions.put(session, created);
        return created;
    }

    private synchronized void unfollow(SessionKey session) {
        Subscription subscription = subscriptions.remove(session);
        if (subscription != null) {
            services.streams().close(subscription);
        }
    }

    /** Sends the current cursor of each session that had no events for a while. */
    synchronized void offerCursors() {
        subscriptions.values().forEach(services.streams()::offerCursor);
    }

    private void send(byte[] frame) {
        outbox.offer(new OutboxItem.FrameItem(frame));
    }

    /** Closes all subscriptions and the outbox. Has no effect if already closed. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            subscriptions.values().forEach(services.streams()::close);
            subscriptions.clear();
            services.streams().closeOutbox(outbox);
        }
    }
}
