package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Routes on two gateways: shares of the targets, sticky sessions, changes at run time, and the way back. */
class RoutesTest {

    private static final int SESSIONS = 1000;
    private static final VersionAgent UNRELIABLE = new VersionAgent("unreliable", 5);
    private static final VersionAgent SLOW = new VersionAgent("slow", 0);

    private static RunningTurnlane turnlane;
    private static Client client;
    private static Client second;

    /** Agent that answers with its name. One of {@code failEvery} turns fails; none if it is 0. */
    private record VersionAgent(String name, int failEvery, AtomicInteger turns) implements AgentFactory {

        VersionAgent(String name, int failEvery) {
            this(name, failEvery, new AtomicInteger());
        }

        @Override
        public AgentDescription description() {
            return new AgentDescription(name, "Answers with its name.", List.of());
        }

        @Override
        public Agent create() {
            return (question, _, _) -> {
                if (failEvery > 0 && turns.incrementAndGet() % failEvery == 0) {
                    throw new TerminalAgentException(ErrorCode.AGENT_ERROR, "failure requested by the test");
                }
                if (question.metadata().get("delay_ms") instanceof Number delay && name.equals("slow")) {
                    Thread.sleep(delay.longValue());
                }
                return Answer.ofText(name);
            };
        }
    }

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(
                4, List.of(new VersionAgent("v1", 0), new VersionAgent("v2", 0), UNRELIABLE, SLOW));
        client = new Client(turnlane.address(), 50);
        second = new Client(turnlane.addGateway(), 50);
        await().atMost(Duration.ofSeconds(20)).until(() -> names().contains("v2"));
    }

    @AfterAll
    static void stop() {
        turnlane.close();
    }

    @Test
    void sendsEachVersionItsShareOfSessionsWhichStayWithIt() throws Exception {
        putRoute("support", Map.of("targets", List.of(target("v1", 90), target("v2", 10))));
        Map<Integer, String> first = answersOf("support", client);
        assertThat(share(first, "v2")).isCloseTo(0.1, within(0.02));
        assertThat(answersOf("support", second))
                .as("a session stays with its version, at every gateway")
                .isEqualTo(first);

        putRoute("support", Map.of("targets", List.of(target("v1", 50), target("v2", 50))));
        await().atMost(Duration.ofSeconds(10)).until(() -> knowsWeight(second, "support", "v2", 50));
        Map<Integer, String> changed = answersOf("support", second);
        assertThat(share(changed, "v2")).isCloseTo(0.5, within(0.05));
        assertThat(first.entrySet())
                .as("no session of the version whose share grows moves")
                .allMatch(one ->
                        one.getValue().equals("v1") || changed.get(one.getKey()).equals("v2"));
    }

    @Test
    void showsTheRouteAndTheChosenAgentOfARequest() {
        putRoute("shown", Map.of("targets", List.of(target("v1", 0), target("v2", 1))));
        ClientReply done = ask(client, "s-shown", "hello", "shown", Map.of());
        assertThat(done.json()).containsEntry("agent", "v2").containsEntry("route", "shown");
        assertThat(client.get(done.header("Location") + "/timeline").json())
                .containsEntry("agent", "v2")
                .containsEntry("route", "shown");
        assertThat(client.get("/v1/sessions/s-shown").text("agent"))
                .as("later questions of the session are routed too")
                .isEqualTo("shown");
        ClientReply next =
                client.post("/v1/sessions/s-shown/requests", Map.of("question", "again"), "Prefer", "wait=30");
        assertThat(next.json()).containsEntry("agent", "v2").containsEntry("route", "shown");
        assertThat(client.get("/v1/agents").list("agents"))
                .anySatisfy(agent -> assertThat(agent)
                        .containsEntry("name", "shown")
                        .extractingByKey("targets")
                        .asString()
                        .contains("v2"));
    }

    @Test
    void keepsTheChosenAgentOfAQuestionThatIsSentAgainAfterTheRouteChanged() {
        putRoute("kept", Map.of("targets", List.of(target("v2", 1))));
        ClientReply first = askWithKey("kept");
        putRoute("kept", Map.of("targets", List.of(target("v1", 1))));
        ClientReply again = askWithKey("kept");
        assertThat(again.json()).containsEntry("agent", "v2").isEqualTo(first.json());
    }

    private static ClientReply askWithKey(String route) {
        return client.post(
                "/v1/sessions/s-" + route + "/requests",
                Map.of("question", "hello", "agent", route),
                "Prefer",
                "wait=60",
                "Idempotency-Key",
                route);
    }

    @Test
    void choosesByAHeaderIfTheRouteIsStickyByIt() {
        putRoute("tenants", Map.of("sticky", "header:X-Tenant", "targets", List.of(target("v1", 1), target("v2", 1))));
        Set<Object> versions = new HashSet<>();
        for (String tenant : List.of("acme", "globex", "initech", "umbrella")) {
            Set<Object> ofTenant = IntStream.range(0, 6)
                    .mapToObj(i -> client.post(
                                    "/v1/sessions/s-" + tenant + i + "/requests",
                                    Map.of("question", "hello", "agent", "tenants"),
                                    "X-Tenant",
                                    tenant)
                            .json()
                            .get("agent"))
                    .collect(Collectors.toSet());
            assertThat(ofTenant).as("all sessions of a tenant have one version").hasSize(1);
            versions.addAll(ofTenant);
        }
        assertThat(versions).as("tenants have different versions").hasSize(2);
    }

    @Test
    void acceptsOnlyTargetsThatAreAgents() {
        putRoute("inner", Map.of("targets", List.of(target("v1", 1))));
        assertThat(put("outer", Map.of("type", "route", "targets", List.of(target("v1", 1), target("inner", 1))))
                        .text("detail"))
                .startsWith("targets[1].agent must be an agent, but inner is a route");
        assertThat(put("outer", Map.of("type", "route", "targets", List.of(target("nobody", 1))))
                        .text("detail"))
                .startsWith("targets[0].agent is nobody, which no processor offers");
        assertThat(put("v1", Map.of("type", "route", "targets", List.of(target("v2", 1))))
                        .text("detail"))
                .startsWith("type must not be route, because the agent is a target of");
        assertThat(client.get("/v1/agents/outer").status()).isEqualTo(404);
    }

    @Test
    void goesOnWithTheSuccessorOfARemovedTargetOrWithTheOtherTargets() {
        put("leaving", Map.of("type", "echo"));
        putRoute("shrinking", Map.of("targets", List.of(target("leaving", 1000), target("v1", 1))));
        assertThat(answer("s-shrinking", "shrinking")).isEqualTo("echo: hello");
        client.delete("/v1/agents/leaving?successor=v2");
        assertThat(answer("s-shrinking", "shrinking")).as("the successor").isEqualTo("v2");
        client.delete("/v1/agents/leaving");
        assertThat(answer("s-shrinking", "shrinking")).as("the other target").isEqualTo("v1");
        client.delete("/v1/agents/shrinking");
        assertThat(ask(client, "s-new", "hello", "shrinking", Map.of()).text("code"))
                .isEqualTo("unknown_agent");
        assertThat(client.post("/v1/sessions/s-shrinking/requests", Map.of("question", "hello"), "Prefer", "wait=30")
                        .text("status"))
                .as("sessions of a removed route go on")
                .isEqualTo("completed");
    }

    @Test
    void takesOutAVersionThatFailsAFifthOfItsTurnsWhileLoadRuns() throws Exception {
        putRoute(
                "rollout",
                Map.of(
                        "targets",
                        List.of(target("v1", 50), target("unreliable", 50)),
                        "way_back",
                        Map.of("error_rate", 0.1, "window", 30, "min_turns", 20, "to", "v1")));
        AtomicBoolean loading = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<ClientReply>>> askers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Client gateway = i % 2 == 0 ? client : second;
                String session = "s-rollout-" + i + "-";
                Callable<List<ClientReply>> asker = () -> {
                    List<ClientReply> ends = new ArrayList<>();
                    for (int n = 0; loading.get(); n++) {
                        ends.add(ask(gateway, session + n, "hello", "rollout", Map.of()));
                    }
                    return ends;
                };
                askers.add(threads.submit(asker));
            }
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> knowsWeight(client, "rollout", "unreliable", 0));
                await().atMost(Duration.ofSeconds(10)).until(() -> knowsWeight(second, "rollout", "unreliable", 0));
            } finally {
                loading.set(false);
            }
            for (Future<List<ClientReply>> asker : askers) {
                assertThat(asker.get())
                        .as("every accepted question has ended, and only the unreliable version failed")
                        .allMatch(end -> end.text("status").equals("completed")
                                || (end.text("status").equals("failed")
                                        && end.text("agent").equals("unreliable")));
            }
        }
        Map<String, Object> out = targetOf(client, "rollout", "unreliable");
        assertThat(out.get("taken_out").toString())
                .contains("turns failed within 30 s, which is more than 10 %")
                .contains("weight=50");
        assertThat(targetOf(client, "rollout", "v1")).containsEntry("weight", 100);
        assertThat(client.get("/api/stats").json().get("warnings").toString())
                .contains("The route rollout sends no questions to unreliable since");
        assertThat(IntStream.range(0, 50).mapToObj(i -> answer("s-after-" + i, "rollout")))
                .as("the version that is left answers all questions")
                .containsOnly("v1");
    }

    @Test
    void takesOutAVersionThatIsTooSlow() {
        putRoute(
                "fast",
                Map.of(
                        "targets",
                        List.of(target("v1", 1), target("slow", 1000)),
                        "way_back",
                        Map.of("p95", 0.2, "min_turns", 5)));
        AtomicInteger session = new AtomicInteger();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            ask(client, "s-fast-" + session.incrementAndGet(), "hello", "fast", Map.of("delay_ms", 300));
            return knowsWeight(client, "fast", "slow", 0);
        });
        assertThat(targetOf(client, "fast", "slow").get("taken_out").toString()).contains("took longer than 0.2 s");
        putRoute("fast", Map.of("targets", List.of(target("v1", 1), target("slow", 1000))));
        assertThat(answer("s-fast-again", "fast"))
                .as("an operator takes it in again")
                .isEqualTo("slow");
    }

    private static Map<Integer, String> answersOf(String route, Client gateway) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<String>> answers = IntStream.range(0, SESSIONS)
                    .mapToObj(i -> threads.submit(() -> answerText(ask(gateway, "visitor-" + i, "?", route, Map.of()))))
                    .toList();
            return IntStream.range(0, SESSIONS).boxed().collect(Collectors.toMap(Function.identity(), i -> {
                try {
                    return answers.get(i).get();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
    }

    private static double share(Map<Integer, String> answers, String agent) {
        return answers.values().stream().filter(agent::equals).count() / (double) answers.size();
    }

    private static String answer(String session, String agent) {
        return answerText(ask(client, session, "hello", agent, Map.of()));
    }

    private static String answerText(ClientReply done) {
        return (String) done.object("answer").get("text");
    }

    private static ClientReply ask(
            Client gateway, String session, String question, String agent, Map<String, Object> metadata) {
        return gateway.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", question, "agent", agent, "metadata", metadata),
                "Prefer",
                "wait=60");
    }

    private static Map<String, Object> target(String agent, int weight) {
        return Map.of("agent", agent, "weight", weight);
    }

    private static void putRoute(String name, Map<String, Object> fields) {
        Map<String, Object> definition = new HashMap<>(fields);
        definition.put("type", "route");
        assertThat(put(name, definition).status()).isBetween(200, 201);
    }

    private static ClientReply put(String name, Map<String, Object> definition) {
        return client.send("PUT", "/v1/agents/" + name, definition);
    }

    private static boolean knowsWeight(Client gateway, String route, String agent, int weight) {
        return targetOf(gateway, route, agent).get("weight").equals(weight);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> targetOf(Client gateway, String route, String agent) {
        List<Map<String, Object>> targets = (List<Map<String, Object>>)
                gateway.get("/v1/agents/" + route).object("definition").get("targets");
        return targets.stream()
                .filter(target -> target.get("agent").equals(agent))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names() {
        return client.get("/v1/agents").list("agents").stream()
                .map(agent -> (String) agent.get("name"))
                .toList();
    }
}
