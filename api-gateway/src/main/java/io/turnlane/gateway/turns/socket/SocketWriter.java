package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.turns.deliver.ClientMetrics;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.OutboxItem;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.requests.Snapshots;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Writes one outbox to one socket on a dedicated virtual thread. The container allows one sender at a time. A client
 * that does not read blocks only this thread. If a send exceeds its timeout, the container ends the send, and the
 * writer disconnects the client.
 *
 * <p>The writer sends pings even if it sends other messages. A client that only listens sends nothing except pongs, so
 * without pings it would reach the idle timeout.
 */
final class SocketWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWriter.class);

    private final WebSocketSession socket;
    private final Outbox outbox;
    private final Snapshots snapshots;
    private final PingSettings pings;
    private final ServerFrames frames;
    private final ClientMetrics metrics;
    private long lastPing = System.nanoTime();

    /**
     * Settings with which the writer detects a client whose connection is dead.
     *
     * @param idleNanos supplies the time since the last message or pong from the client, in nanoseconds
     * @param idleTimeout time without a message or pong after which the client is disconnected
     * @param onPing task to run with each ping, on the writer's thread
     */
    record PingSettings(Duration interval, LongSupplier idleNanos, Duration idleTimeout, Runnable onPing) {}

    SocketWriter(
            WebSocketSession socket,
            Outbox outbox,
            Snapshots snapshots,
            PingSettings pings,
            ServerFrames frames,
            ClientMetrics metrics) {
        this.socket = socket;
        this.outbox = outbox;
        this.snapshots = snapshots;
        this.pings = pings;
        this.frames = frames;
        this.metrics = metrics;
    }

    /** Runs until the client is disconnected, then closes the socket. */
    void run() {
        CloseStatus status = statusOf(DisconnectReason.SLOW);
        try {
            for (DisconnectReason reason = writeNext(); ; reason = writeNext()) {
                if (reason != null) {
                    status = statusOf(reason);
                    metrics.dropped(reason);
                    break;
                }
            }
        } catch (IOException | IllegalStateException e) {
            // The client closed the connection, or a send timed out.
            metrics.dropped(outbox.disconnectReason());
            LOG.debug("socket lost: {}", e.toString());
        } catch (RuntimeException e) {
            status = CloseStatus.SERVER_ERROR.withReason("internal error, see the log of the gateway");
            LOG.atError().setCause(e).log("writing to a socket failed, closing it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(status);
    }

    private void pingIfDue() throws IOException {
        if (System.nanoTime() - lastPing >= pings.interval().toNanos()) {
            lastPing = System.nanoTime();
            socket.sendMessage(new PingMessage());
            pings.onPing().run();
        }
    }

    private @Nullable DisconnectReason writeNext() throws IOException, InterruptedException {
        pingIfDue();
        long untilPing = pings.interval().toNanos() - (System.nanoTime() - lastPing);
        long untilIdle = pings.idleTimeout().toNanos() - pings.idleNanos().getAsLong();
        if (untilIdle <= 0) {
            return DisconnectReason.GONE;
        }
        OutboxItem delivery = outbox.take(Duration.ofNanos(Math.min(untilPing, untilIdle)));
        return switch (delivery) {
            case null -> null;
            case OutboxItem.EventItem item -> {
                send(ServerFrames.event(item.cursor(), item.event().value()));
                metrics.delivered(item);
                yield null;
            }
            case OutboxItem.GapItem(var subscription, var cursor) -> {
                send(
                        snapshots.hasMissedNothing(subscription, cursor)
                                ? frames.cursor(subscription.session().sessionId(), cursor)
                                : ServerFrames.event(
                                        cursor, snapshots.of(subscription).event()));
                yield null;
            }
            case OutboxItem.FrameItem(var json) -> {
                send(json);
                yield null;
            }
            case OutboxItem.CursorItem(var session, var cursor) -> {
                send(frames.cursor(session.sessionId(), cursor));
                yield null;
            }
            case OutboxItem.CaughtUpItem _ -> null;
            case OutboxItem.EndItem(var reason) -> reason;
        };
    }

    private void send(byte[] json) throws IOException {
        socket.sendMessage(new TextMessage(json));
    }

    private static CloseStatus statusOf(DisconnectReason reason) {
        return switch (reason) {
            case SLOW -> CloseStatus.SERVICE_OVERLOAD.withReason("the client reads too slowly");
            case CROWDED -> CloseStatus.SERVICE_OVERLOAD.withReason("too much data waits for all clients together");
            case SHUTDOWN -> CloseStatus.SERVICE_RESTARTED.withReason("the gateway stops");
            case AGED -> CloseStatus.SERVICE_RESTARTED.withReason("the connection has reached its maximum age");
            case GONE -> CloseStatus.GOING_AWAY.withReason("the client sent neither a frame nor a pong in time");
            case REVOKED -> CloseStatus.POLICY_VIOLATION.withReason("the key or token is no longer valid");
            case INVALID -> CloseStatus.POLICY_VIOLATION.withReason("too many invalid frames");
        };
    }

    private void close(CloseStatus status) {
        try {
            socket.close(status);
        } catch (IOException | IllegalStateException e) {
            LOG.debug("socket already closed: {}", e.toString());
        }
    }
}
