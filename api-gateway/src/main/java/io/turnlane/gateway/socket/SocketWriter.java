package io.turnlane.gateway.socket;

import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.OutboxItem;
import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.requests.Snapshots;
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
 * Writes one outbox to one socket, on a virtual thread of its own: the container allows one sender at a time, and a
 * client that doesn't read stops this thread and no other. It is cut off when a send takes longer than its time.
 *
 * <p>Pings go out however much else does: a client that only listens says nothing but pong, and would be taken for
 * gone.
 */
final class SocketWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWriter.class);

    private final WebSocketSession socket;
    private final Outbox outbox;
    private final Snapshots snapshots;
    private final PingSettings pings;
    private final ServerFrames frames;
    private final ClientMetrics metrics;
    private long pinged = System.nanoTime();

    /**
     * How a client is asked whether it is there.
     *
     * @param idleNanos how long nothing was heard of it, in nanoseconds
     * @param idleTimeout a client that says nothing for so long, not even pong, is gone
     * @param onPing called with each ping, on the writer's thread
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

    /** Runs until the client is let go or gone; closes the socket. */
    void run() {
        CloseStatus status = CloseStatus.SERVICE_OVERLOAD;
        try {
            for (DisconnectReason ending = writeNext(); ; ending = writeNext()) {
                if (ending != null) {
                    status = statusOf(ending);
                    metrics.dropped(ending);
                    break;
                }
            }
        } catch (IOException | IllegalStateException e) {
            // Closed by the other side, or it took nothing for too long.
            metrics.dropped(outbox.disconnectReason());
            LOG.debug("socket lost: {}", e.toString());
        } catch (RuntimeException e) {
            status = CloseStatus.SERVER_ERROR;
            LOG.atError()
                    .setMessage("can't write to a socket, closing it")
                    .setCause(e)
                    .log();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(status);
    }

    /** False where the client doesn't answer any more. */
    private boolean pingInTime() throws IOException {
        if (System.nanoTime() - pinged < pings.interval().toNanos()) {
            return true;
        }
        if (pings.idleNanos().getAsLong() > pings.idleTimeout().toNanos()) {
            return false;
        }
        pinged = System.nanoTime();
        socket.sendMessage(new PingMessage());
        pings.onPing().run();
        return true;
    }

    private @Nullable DisconnectReason writeNext() throws IOException, InterruptedException {
        if (!pingInTime()) {
            return DisconnectReason.GONE;
        }
        OutboxItem delivery = outbox.take(pings.interval().minusNanos(System.nanoTime() - pinged));
        return switch (delivery) {
            case null -> null;
            case OutboxItem.EventItem(var event, var cursor) -> {
                send(ServerFrames.event(cursor, event.value()));
                metrics.delivered();
                yield null;
            }
            case OutboxItem.GapItem(var subscription, var cursor) -> {
                send(ServerFrames.event(cursor, snapshots.of(subscription).event()));
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
            case OutboxItem.EndItem(var why) -> why;
        };
    }

    private void send(byte[] json) throws IOException {
        socket.sendMessage(new TextMessage(json));
    }

    private static CloseStatus statusOf(DisconnectReason ending) {
        return switch (ending) {
            case SLOW, CROWDED -> CloseStatus.SERVICE_OVERLOAD;
            case SHUTDOWN -> CloseStatus.SERVICE_RESTARTED;
            case GONE -> CloseStatus.GOING_AWAY;
            case REVOKED -> CloseStatus.POLICY_VIOLATION;
        };
    }

    private void close(CloseStatus status) {
        try {
            socket.close(status);
        } catch (IOException | IllegalStateException e) {
            LOG.debug("socket was closed already: {}", e.toString());
        }
    }
}
