package io.turnlane.gateway.operations.console;

import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.stream.SseConnection;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams of fleet reports. Each stream sends a report about every second, until its client disconnects, its
 * credentials expire or the gateway stops. The virtual thread of the call writes the stream.
 */
@Component
record FleetStream(FleetReader reader, EventStreams streams, JsonMapper json) {

    private static final Logger LOG = LoggerFactory.getLogger(FleetStream.class);

    /** Maximum age of a stream, after which its client reconnects, possibly to another gateway. */
    private static final Duration MAX_AGE = Duration.ofHours(1);

    private static final Duration RETRY = Duration.ofSeconds(1);

    void write(HttpServletResponse response) {
        long end = System.nanoTime() + MAX_AGE.toNanos();
        try {
            SseConnection connection = SseConnection.open(response);
            while (System.nanoTime() - end < 0 && !streams.isStopping()) {
                connection.writeEvent(null, "fleet", json.writeValueAsBytes(reader.report()));
                connection.flush();
                TimeUnit.SECONDS.sleep(1);
            }
            connection.writeRetry(RETRY);
            connection.flush();
        } catch (IOException disconnected) {
            LOG.debug("operator disconnected: {}", disconnected.toString());
        } catch (InterruptedException revoked) {
            Thread.currentThread().interrupt();
        }
    }
}
