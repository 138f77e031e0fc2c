package io.turnlane.gateway.socket;

import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.Delivery;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.deliver.Subscription.Interest;
import io.turnlane.gateway.limits.RateLimits.Kind;
import io.turnlane.gateway.problem.Refusal;
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
    private volatile long heard = System.nanoTime();

    SocketConnection(Caller caller, SocketServices services) {
        this.caller = caller;
        this.services = services;
        this.outbox = services.streams().enter();
    }

    Outbox outbox() {
        return outbox;
    }

    /** The client gave a sign of life. */
    void heard() {
        heard = System.nanoTime();
    }

    /** For how long it gave none, in nanoseconds. */
    long silence() {
        return System.nanoTime() - heard;
    }

    /** Does what the frame says, and puts the reply in the outbox. */
    void handle(ClientFrame frame) {
        try {
            requireScope(frame);
            services.guard().rates().require(caller, Kind.REQUESTS);
            switch (frame) {
                case ClientFrame.Ask ask -> ask(ask);
                case ClientFrame.Subscribe subscribe -> subscribe(subscribe);
                case ClientFrame.Unsubscribe unsubscribe -> unsubscribe(unsubscribe);
                case ClientFrame.Cancel cancel -> cancel(cancel);
                case ClientFrame.Ping ping -> say(services.frames().pong(ping.ref()));
            }
        } catch (RuntimeException e) {
            refuse(frame.ref(), services.guard().refusals().of(e));
        }
    }

    /** To go away, and to be there, is everybody's right. */
    private void requireScope(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.Ask _, ClientFrame.Cancel _ -> caller.require(Scope.ASK);
            case ClientFrame.Subscribe _ -> caller.require(Scope.READ);
            case ClientFrame.Unsubscribe _, ClientFrame.Ping _ -> {}
        }
    }

    void refuse(@Nullable String ref, Refusal refusal) {
        say(services.frames().error(ref, refusal));
    }

    /** The session's events wait until {@code accepted} stands before them. */
    private void ask(ClientFrame.Ask ask) {
        PreparedTurn turn = services.intake().prepare(caller, ask.sessionId(), ask.body(), null, null);
        boolean before = follows(turn.session());
        Subscription subscription = follow(turn.session(), null);
        subscription.hold();
        boolean accepted = false;
        try {
            RequestResource request = services.intake().submit(turn).request();
            say(services.frames().accepted(ask.ref(), request, subscription.here()));
            accepted = true;
        } finally {
            services.streams().release(subscription);
            if (!accepted && !before) {
                unfollow(turn.session());
            }
        }
    }

    private void subscribe(ClientFrame.Subscribe subscribe) {
        SessionKey session = key(subscribe.sessionId());
        Cursor after = ClientCursor.read(subscribe.after());
        services.records().requireKnown(session, after);
        if (after != null) {
            services.guard().rates().require(caller, Kind.CATCH_UPS);
            unfollow(session);
        }
        Subscription subscription = follow(session, after);
        // Nothing comes between the place and the word of it.
        subscription.hold();
        say(services.frames().subscribed(subscribe.ref(), session.sessionId(), subscription.here()));
        services.streams().release(subscription);
    }

    private void unsubscribe(ClientFrame.Unsubscribe unsubscribe) {
        SessionKey session = key(unsubscribe.sessionId());
        unfollow(session);
        say(services.frames().unsubscribed(unsubscribe.ref(), session.sessionId()));
    }

    private void cancel(ClientFrame.Cancel cancel) {
        SessionKey session = key(cancel.sessionId());
        RequestId requestId = cancel.requestId();
        if (requestId == null) {
            throw Refusal.invalid("request_id is missing");
        }
        RequestResource request = services.cancellations().cancel(session, requestId, cancel.reason());
        say(services.frames().cancelling(cancel.ref(), request));
    }

    private SessionKey key(@Nullable SessionId session) {
        if (session == null) {
            throw Refusal.invalid("session_id is missing");
        }
        return caller.key(session);
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
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "one socket follows at most " + services.maxSessions() + " sessions; unsubscribe from some");
        }
        EventStreams streams = services.streams();
        Subscription fresh = after == null
                ? streams.live(outbox, session, Interest.SESSION)
                : streams.after(outbox, session, Interest.SESSION, after);
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
    synchronized void tellPlaces() {
        following.values().forEach(services.streams()::tellPlace);
    }

    private void say(byte[] frame) {
        outbox.offer(new Delivery.Frame(frame));
    }

    /** The socket is gone. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            following.values().forEach(services.streams()::close);
            following.clear();
            services.streams().leave(outbox);
        }
    }
}
