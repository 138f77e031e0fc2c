package io.turnlane.gateway.system;

import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * The order of starting and stopping; a higher phase starts later and stops earlier.
 *
 * <p>Stopping: {@link #CLIENTS} are told to go elsewhere first, because an open stream would hold the web server's
 * graceful stop until its time is up and a WebSocket would be cut without a word. Then the web server finishes the
 * calls it has. Then {@link #FOLLOWER} stops, which those calls may have waited on. Redis and the producer go last.
 */
final class GatewayPhases {

    static final int CLIENTS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

    /** Before the web server takes its first call. */
    static final int FOLLOWER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

    private GatewayPhases() {}
}
