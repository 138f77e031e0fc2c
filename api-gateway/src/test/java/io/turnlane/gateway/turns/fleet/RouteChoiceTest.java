package io.turnlane.gateway.turns.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.store.accept.RoutedAgent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Tests which value of a question decides about its target, and which questions are routed. */
class RouteChoiceTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private final AgentRegistry registry = new AgentRegistry();
    private final Routes routes = new Routes(new Fleet(List::of, registry, "echo", () -> Duration.ZERO), registry);

    @AfterEach
    void endCall() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void keepsTheTargetOfASession() {
        define(route("session"));
        assertThat(chosen(_ -> choose("s-1", caller("alice", "pro")))).hasSize(1);
        assertThat(chosen(i -> choose("s-" + i, caller("alice", "pro")))).hasSize(2);
    }

    @Test
    void keepsTheTargetOfAUser() {
        define(route("user"));
        assertThat(chosen(i -> choose("s-" + i, caller("alice", "pro")))).hasSize(1);
        assertThat(chosen(i -> choose("s-1", caller("user" + i, "pro")))).hasSize(2);
    }

    @Test
    void keepsTheTargetOfAClaim() {
        define(route("claim:plan"));
        assertThat(chosen(i -> choose("s-" + i, caller("user" + i, "pro")))).hasSize(1);
        assertThat(chosen(i -> choose("s-1", caller("alice", "plan" + i)))).hasSize(2);
    }

    @Test
    void keepsTheTargetOfAHeader() {
        define(route("header:X-Tenant"));
        assertThat(chosen(i -> chooseWithHeader("s-" + i, "acme"))).hasSize(1);
        assertThat(chosen(i -> chooseWithHeader("s-1", "tenant" + i))).hasSize(2);
    }

    @Test
    void sendsQuestionsToTheTargetWhoseRuleAppliesBeforeItChoosesByWeight() {
        define(new ConfiguredAgent(
                "support",
                Map.of(
                        "type",
                        "route",
                        "targets",
                        List.of(
                                Map.of("agent", "v1"),
                                Map.of("agent", "v2", "when", Map.of("key", "claim:plan", "values", List.of("beta"))))),
                NOW,
                null,
                null));
        assertThat(chosen(i -> choose("s-" + i, caller("alice", "beta")))).containsOnly("v2");
        assertThat(chosen(i -> choose("s-" + i, caller("alice", "pro")))).containsOnly("v1");
    }

    @Test
    void letsTheSessionDecideIfTheQuestionLacksTheValue() {
        for (String sticky : List.of("user", "claim:plan", "header:X-Tenant")) {
            define(route(sticky));
            assertThat(chosen(_ -> choose("s-1", Caller.UNAUTHENTICATED))).hasSize(1);
            assertThat(chosen(i -> choose("s-" + i, Caller.UNAUTHENTICATED)))
                    .as(sticky)
                    .hasSize(2);
        }
    }

    @Test
    void choosesForEveryNameThatTheSessionCanHave() {
        define(route("session"), agent("old").remove(NOW, "support"), agent("other"));
        SessionKey session = SessionKey.of(null, new SessionId("s-1"));
        Map<String, RoutedAgent> chosen = routes.choose(null, session, Caller.UNAUTHENTICATED);
        assertThat(chosen).containsOnlyKeys("support", "old");
        assertThat(chosen.get("old"))
                .as("the successor of a removed agent is a route")
                .isEqualTo(chosen.get("support"));
        assertThat(routes.choose("other", session, Caller.UNAUTHENTICATED)).isEmpty();
    }

    @Test
    void rejectsAQuestionToARouteWithoutAnAgent() {
        ConfiguredAgent circle = agent("v1").remove(NOW, "support");
        define(route("session"), circle, agent("v2").remove(NOW, null));
        assertThatThrownBy(() -> choose("s-1", Caller.UNAUTHENTICATED))
                .isInstanceOfSatisfying(
                        ProblemDetailException.class,
                        problem -> assertThat(problem.code()).isEqualTo(ErrorCode.UNKNOWN_AGENT));
    }

    private void define(ConfiguredAgent... agents) {
        registry.replace(List.of(agents));
    }

    private static ConfiguredAgent route(String sticky) {
        return new ConfiguredAgent(
                "support",
                Map.of(
                        "type",
                        "route",
                        "sticky",
                        sticky,
                        "targets",
                        List.of(Map.of("agent", "v1"), Map.of("agent", "v2"))),
                NOW,
                null,
                null);
    }

    private static ConfiguredAgent agent(String name) {
        return new ConfiguredAgent(name, Map.of("type", "echo"), NOW, null, null);
    }

    private static Caller caller(String user, String plan) {
        return new Caller(user, Set.of(Scope.ASK), null, null, Map.of("plan", plan));
    }

    private String choose(String session, Caller caller) {
        RoutedAgent chosen = routes.choose("support", SessionKey.of(caller.userId(), new SessionId(session)), caller)
                .get("support");
        assertThat(chosen.route()).isEqualTo("support");
        return chosen.agent();
    }

    private String chooseWithHeader(String session, String tenant) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader("X-Tenant", tenant);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        return choose(session, Caller.UNAUTHENTICATED);
    }

    private static Set<String> chosen(IntFunction<String> choice) {
        return IntStream.range(0, 20).mapToObj(choice).collect(Collectors.toSet());
    }
}
