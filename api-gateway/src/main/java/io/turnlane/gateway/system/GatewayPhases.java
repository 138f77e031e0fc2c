package io.turnlane.gateway.system;

import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * Lifecycle phases of the gateway. A component with a higher phase starts later and stops earlier.
 *
 * <p>The shutdown has four steps. First, phase {@link #CLIENTS} asks all clients to reconnect to another gateway.
 * Without this step, an open stream would block the graceful shutdown of the web server until its timeout, and a
 * WebSocket would end without a close frame. Second, the web server finishes the calls in progress. Third, the
 * components of phase {@link #FOLLOWER} stop. They run until then, because calls in progress may wait for events. Last,
 * Redis and the Kafka producer stop.
 */
final class GatewayPhases {

    static final int CLIENTS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

    /** Components that start before the web server accepts its first call, such as the follower of the events topic. */
    static final int FOLLOWER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

    private GatewayPhases() {}
}
