package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.Scope;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;

/**
 * Base of tests that look for information leaks: a gateway with API keys, callers with different scopes, all routes of
 * the gateway, and its log.
 */
abstract class SecurityProbe {

    /** Routes that need no credentials. A test fails for any other open route. */
    static final Set<String> OPEN = Set.of(
            "GET /livez",
            "GET /livez/**",
            "GET /readyz",
            "GET /readyz/**",
            "GET /docs",
            "GET /openapi.json",
            "GET /openapi.json/swagger-config");

    static final Set<String> OPERATORS = Set.of("/actuator", "/v1/agents/", "/v1/ops", "/v1/quarantine", "/api/stats");

    static final String QUESTION = "canary-question-7f3a";
    static final String ANSWER = "You said: " + QUESTION;

    static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    static final AppenderBase<ILoggingEvent> LISTENER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            LOGGED.add(
                    event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + event.getMDCPropertyMap() + " "
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : event.getThrowableProxy().getMessage()));
        }
    };

    static TestGateway gateway;
    static TestProcessor processor;
    static TestKeys keys;
    static Set<Route> routes;
    static KeyedClient alice;
    static KeyedClient bob;
    static KeyedClient operator;
    static String session;
    static String request;
    static String cursor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                TestKeys.MODE,
                "turnlane.limits.requests-per-minute=0",
                "turnlane.limits.catch-ups-per-minute=0",
                "logging.level.io.turnlane=debug");
        LISTENER.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LISTENER);
        processor = new TestProcessor(gateway);
        keys = new TestKeys(gateway);
        routes = Route.of(gateway);
        alice = keys.newClient(gateway, "alice", Scope.ASK, Scope.READ);
        bob = keys.newClient(gateway, "bob", Scope.ASK, Scope.READ);
        operator = keys.newClient(gateway, "olga", Scope.OPS);
        session = "s-" + UUID.randomUUID();
        HttpReply asked = gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"" + QUESTION + "\"}",
                "Authorization",
                "Bearer " + alice.key(),
                "Idempotency-Key",
                "alices-key-1");
        request = asked.text("request_id");
        try (SseClient events = alice.stream("/v1/sessions/" + session + "/requests/" + request + "/events")) {
            SseClient.SseEvent last = events.remainingEvents().getLast();
            assertThat(last.type()).isEqualTo("completed");
        }
        try (SseClient events = alice.stream("/v1/sessions/" + session + "/events")) {
            alice.ask(session, "and again");
            cursor = events.next().id();
        }
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LISTENER);
    }

    static HttpReply call(Route route, String path, String body, String... headers) {
        return gateway.send(gateway.request(path, headers)
                .header("Content-Type", "application/json")
                .method(route.method(), route.reads() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    static Stream<Route> protectedRoutes() {
        return routes.stream().filter(route -> !OPEN.contains(route.toString()));
    }

    static boolean forOperators(Route route) {
        return OPERATORS.stream().anyMatch(route.path()::startsWith);
    }

    /** Asserts that the reply reveals neither internals of the gateway nor data of Alice. */
    static void assertRevealsNothing(HttpReply reply, String what) {
        assertThat(reply.status()).as(what).isLessThan(500);
        assertThat(reply.response().body())
                .as(what)
                .doesNotContain("Exception", "io.turnlane", "springframework", "java.", "tools.jackson", "\tat ")
                .doesNotContain(QUESTION, "alices-key-1", alice.key(), "\"trace\"");
        assertThat(reply.header("X-Evil")).as(what).isNull();
    }
}
