package io.turnlane.bench.subject;

import io.turnlane.bench.load.HttpLoad;
import io.turnlane.bench.load.LoadResult;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.load.Requests;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.rig.Installation.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subject that is called over HTTP.
 *
 * @param name name for tables
 * @param server the running server
 * @param requests the requests, which continue from one load to the next
 * @param pieceMark text with which a piece of a streamed answer begins; null if the answers are not streamed
 */
public record HttpSubject(String name, Server server, Requests requests, byte @Nullable [] pieceMark)
        implements Subject {

    public static final String TURNLANE = "turnlane";
    public static final String BARE_PATH = "bare path";
    public static final String REPLYING_TEMPLATE = "ReplyingKafkaTemplate";

    /** Number of sessions of a load, unless a scenario has its own. */
    public static final int SESSIONS = 1000;

    private static final String CALL = "/v1/sessions/{s}/requests";

    /** Returns Turnlane with questions that wait for their answers. The agent {@code echo} answers at once. */
    public static HttpSubject turnlane(Installation installation, String prefix, int sessions) {
        Server server = installation.turnlane();
        String body = "{\"question\":\"{q}\",\"agent\":\"echo\"}";
        return new HttpSubject(
                TURNLANE, server, requests(server, CALL, "Prefer: wait=30\r\n", body, prefix, sessions), null);
    }

    /**
     * Returns Turnlane with questions that wait for their answers.
     *
     * @param agentMillis time that the agent takes
     */
    public static HttpSubject working(Installation installation, String prefix, int agentMillis) {
        Server server = installation.turnlane();
        String body = "{\"question\":\"{q}\",\"agent\":\"echo\",\"metadata\":{\"delay_ms\":" + agentMillis + "}}";
        return new HttpSubject(
                TURNLANE, server, requests(server, CALL, "Prefer: wait=30\r\n", body, prefix, SESSIONS), null);
    }

    /**
     * Returns Turnlane with questions whose answers are streamed.
     *
     * @param agentMillis time that the agent takes
     * @param pieces number of pieces of each answer
     */
    public static HttpSubject streaming(Installation installation, String prefix, int agentMillis, int pieces) {
        Server server = installation.turnlane();
        String body = "{\"session_id\":\"{s}\",\"question\":\"{q}\",\"agent\":\"echo\",\"metadata\":{\"delay_ms\":"
                + agentMillis + ",\"deltas\":" + pieces + "}}";
        Requests requests = requests(server, "/ask-stream", "Accept: text/event-stream\r\n", body, prefix, SESSIONS);
        return new HttpSubject(TURNLANE, server, requests, "event: delta".getBytes(StandardCharsets.US_ASCII));
    }

    /** Starts the bare path. */
    public static HttpSubject barePath(Installation installation, String prefix, int sessions)
            throws IOException, InterruptedException {
        Server server = installation.startServer("bare-path", BarePathServer.class);
        return plain(BARE_PATH, server, prefix, sessions);
    }

    /** Starts the server that uses a {@code ReplyingKafkaTemplate}. */
    public static HttpSubject replyingTemplate(Installation installation, String prefix)
            throws IOException, InterruptedException {
        Server server = installation.startServer("replying-template", ReplyingTemplateServer.class);
        return plain(REPLYING_TEMPLATE, server, prefix, SESSIONS);
    }

    private static HttpSubject plain(String name, Server server, String prefix, int sessions) {
        String body = "{\"question\":\"{q}\"}";
        return new HttpSubject(name, server, requests(server, CALL, "", body, prefix, sessions), null);
    }

    private static Requests requests(
            Server server, String path, String headers, String body, String prefix, int sessions) {
        String authority = "127.0.0.1:" + server.address().getPort();
        return new Requests(authority, path, headers, body, prefix, sessions);
    }

    /** Returns the same subject under another name, for scenarios that measure it under several conditions. */
    public HttpSubject named(String other) {
        return new HttpSubject(other, server, requests, pieceMark);
    }

    @Override
    public LoadResult run(LoadShape shape) throws IOException {
        return HttpLoad.run(server.address(), requests, shape, pieceMark);
    }

    @Override
    public List<ProcessHandle> processes() {
        return server.processes();
    }
}
