package io.turnlane.gateway.system;

import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * Lifecycle phases of the gateway. A component with a higher phase starts later and stops earlier.
 *
 * <p>On shutdown, {@link #CLIENTS} first asks all clients to reconnect elsewhere. An open stream would otherwise block
 * the graceful shutdown of the web server until its timeout, and a WebSocket would be cut off without a close frame.
 * Then the web server finishes the calls in progress. Then {@link #FOLLOWER} stops. It must not stop earlier, because
 * calls in progress can wait for its events. Redis and the Kafka producer stop last.
 */
final class GatewayPhases {

    static final int CLIENTS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

    /** Starts before the web server accepts its first call. */
    static final int FOLLOWER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

    private GatewayPhases() {}
}
