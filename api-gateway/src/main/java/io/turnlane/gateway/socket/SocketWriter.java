package io.turnlane.gateway.socket;

import io.turnlane.gateway.deliver.ClientMetrics;
import io.turnlane.gateway.deliver.Delivery;
import io.turnlane.gateway.deliver.Delivery.Ending;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.requests.Snapshots;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Writes one outbox to one socket, on a virtual thread of its own: the container allows one sender at a time, and a
 * client that doesn't read stops this thread and no other. It is cut off when a send takes longer than its time.
 */
final class SocketWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWriter.class);

    private final WebSocketSession socket;
    private final Outbox outbox;
    private final Snapshots snapshots;
    private final Duration ping;
    private final ClientMetrics metrics;

    SocketWriter(WebSocketSession socket, Outbox outbox, Snapshots snapshots, Duration ping, ClientMetrics metrics) {
        this.socket = socket;
        this.outbox = outbox;
        this.snapshots = snapshots;
        this.ping = ping;
        this.metrics = metrics;
    }

    /** Runs until the client is let go or gone; closes the socket. */
    void run() {
        CloseStatus status = CloseStatus.SERVICE_OVERLOAD;
        try {
            for (Ending ending = writeNext(); ; ending = writeNext()) {
                if (ending != null) {
                    status = statusOf(ending);
                    metrics.dropped(ending);
                    break;
                }
            }
        } catch (IOException | IllegalStateException e) {
            // Closed by the other side, or it took nothing for too long.
            metrics.dropped(outbox.closed() ? Ending.SLOW : Ending.GONE);
            LOG.debug("socket lost: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(status);
    }

    private @org.jspecify.annotations.Nullable Ending writeNext() throws IOException, InterruptedException {
        Delivery delivery = outbox.take(ping);
        return switch (delivery) {
            case null -> {
                socket.sendMessage(new PingMessage());
                yield null;
            }
            case Delivery.Event(var event, var cursor) -> {
                send(ServerFrames.event(cursor, event.value()));
                metrics.delivered();
                yield null;
            }
            case Delivery.Gap(var subscription, var cursor) -> {
                send(ServerFrames.event(cursor, snapshots.of(subscription).event()));
                yield null;
            }
            case Delivery.Frame(var json) -> {
                send(json);
                yield null;
            }
            case Delivery.CaughtUp _ -> null;
            case Delivery.End(var why) -> why;
        };
    }

    private void send(byte[] json) throws IOException {
        socket.sendMessage(new TextMessage(json));
    }

    private static CloseStatus statusOf(Ending ending) {
        return switch (ending) {
            case SLOW -> CloseStatus.SERVICE_OVERLOAD;
            case SHUTDOWN -> CloseStatus.SERVICE_RESTARTED;
            case GONE -> CloseStatus.NORMAL;
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
