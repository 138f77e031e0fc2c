package io.turnlane.gateway.socket;

import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.OutboxItem;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.deliver.Subscription.EventFilter;
import io.turnlane.gateway.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.ClientCursor;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One client's socket: what it asks, and the sessions it follows. All that is said to it goes through one outbox.
 *
 * <p>Threading: the container hands in one message at a time; {@link #close} comes from any thread. The subscriptions
 * are guarded by this object's monitor, which is never held while anything is awaited.
 */
final class SocketConnection {

    private final Caller caller;
    private final SocketServices services;
    private final Outbox outbox;
    private final Map<SessionKey, Subscription> following = new HashMap<>();
    private boolean closed;
    private volatile long recordActivity = System.nanoTime();

    SocketConnection(Caller caller, SocketServices services) {
        this.caller = caller;
        this.services = services;
        this.outbox = services.streams().openOutbox();
    }

    Outbox outbox() {
        return outbox;
    }

    /** The client gave a sign of life. */
    void recordActivity() {
        recordActivity = System.nanoTime();
    }

    /** For how long it gave none, in nanoseconds. */
    long idleNanos() {
        return System.nanoTime() - recordActivity;
    }

    /** Does what the frame says, and puts the reply in the outbox. */
    void handle(ClientFrame frame) {
        try {
            requireScope(frame);
            services.guard().rates().consumeOrThrow(caller, RateLimitKind.REQUESTS);
            switch (frame) {
                case ClientFrame.AskFrame ask -> ask(ask);
                case ClientFrame.SubscribeFrame subscribe -> subscribe(subscribe);
                case ClientFrame.UnsubscribeFrame unsubscribe -> unsubscribe(unsubscribe);
                case ClientFrame.CancelFrame cancel -> cancel(cancel);
                case ClientFrame.PingFrame ping -> say(services.frames().pong(ping.ref()));
            }
        } catch (RuntimeException e) {
            reject(frame.ref(), services.guard().refusals().map(e));
        }
    }

    /** To go away, and to be there, is everybody's right. */
    private void requireScope(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.AskFrame _, ClientFrame.CancelFrame _ -> caller.require(Scope.ASK);
            case ClientFrame.SubscribeFrame _ -> caller.require(Scope.READ);
            case ClientFrame.UnsubscribeFrame _, ClientFrame.PingFrame _ -> {}
        }
    }

    void reject(@Nullable String ref, ProblemDetailException refusal) {
        say(services.frames().error(ref, refusal));
    }

    /** The session's events wait until {@code accepted} stands before them. */
    private void ask(ClientFrame.AskFrame ask) {
        PreparedTurn turn = services.intake().prepare(caller, ask.sessionId(), ask.body(), null, null);
        boolean before = follows(turn.session());
        Subscription subscription = follow(turn.session(), null);
        subscription.hold();
        boolean accepted = false;
        try {
            RequestResource request = services.intake().submit(turn).request();
            say(services.frames().accepted(ask.ref(), request, subscription.currentCursor()));
            accepted = true;
        } finally {
            services.streams().release(subscription);
            if (!accepted && !before) {
                unfollow(turn.session());
            }
        }
    }

    private void subscribe(ClientFrame.SubscribeFrame subscribe) {
        SessionKey session = key(subscribe.sessionId());
        Cursor after = ClientCursor.read(subscribe.after());
        services.records().requireSession(session, after);
        if (after != null) {
            services.guard().rates().consumeOrThrow(caller, RateLimitKind.CATCH_UPS);
            unfollow(session);
        }
        Subscription subscription = follow(session, after);
        // Nothing comes between the place and the word of it.
        subscription.hold();
        say(services.frames().subscribed(subscribe.ref(), session.sessionId(), subscription.currentCursor()));
        services.streams().release(subscription);
    }

    private void unsubscribe(ClientFrame.UnsubscribeFrame unsubscribe) {
        SessionKey session = key(unsubscribe.sessionId());
        unfollow(session);
        say(services.frames().unsubscribed(unsubscribe.ref(), session.sessionId()));
    }

    private void cancel(ClientFrame.CancelFrame cancel) {
        SessionKey session = key(cancel.sessionId());
        RequestId requestId = cancel.requestId();
        if (requestId == null) {
            throw ProblemDetailException.invalid("request_id is missing");
        }
        RequestResource request = services.cancellations().cancel(session, requestId, cancel.reason());
        say(services.frames().cancelling(cancel.ref(), request));
    }

    private SessionKey key(@Nullable SessionId session) {
        if (session == null) {
            throw ProblemDetailException.invalid("session_id is missing");
        }
        return caller.sessionKey(session);
    }

    private synchronized boolean follows(SessionKey session) {
        return following.containsKey(session);
    }

    private synchronized Subscription follow(SessionKey session, @Nullable Cursor after) {
        Subscription present = following.get(session);
        if (present != null) {
            return present;
        }
        if (closed || following.size() >= services.maxSessions()) {
            throw new ProblemDetailException(
                    ErrorCode.INVALID_REQUEST,
                    "one socket follows at most " + services.maxSessions() + " sessions; unsubscribe from some");
        }
        EventStreams streams = services.streams();
        Subscription fresh = after == null
                ? streams.subscribeLive(outbox, session, EventFilter.SESSION)
                : streams.subscribeAfter(outbox, session, EventFilter.SESSION, after);
        following.put(session, fresh);
        return fresh;
    }

    private synchronized void unfollow(SessionKey session) {
        Subscription subscription = following.remove(session);
        if (subscription != null) {
            services.streams().close(subscription);
        }
    }

    /** Tells the places in sessions in which nothing happened for long. */
    synchronized void offerCursors() {
        following.values().forEach(services.streams()::offerCursor);
    }

    private void say(byte[] frame) {
        outbox.offer(new OutboxItem.FrameItem(frame));
    }

    /** The socket is gone. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            following.values().forEach(services.streams()::close);
            following.clear();
            services.streams().closeOutbox(outbox);
        }
    }
}
