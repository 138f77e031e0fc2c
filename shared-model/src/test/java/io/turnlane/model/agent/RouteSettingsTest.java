package io.turnlane.model.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Choice of a route's target, and changes of the targets by the way back. */
class RouteSettingsTest {

    private static final int KEYS = 20_000;

    @Test
    void givesEachTargetTheShareOfItsWeight() {
        RouteSettings route = route(Map.of("v1", 90, "v2", 10));
        assertThat(share(route, "v2")).isCloseTo(0.1, within(0.01));
        RouteSettings three = route(Map.of("a", 5, "b", 3, "c", 2));
        assertThat(share(three, "a")).isCloseTo(0.5, within(0.015));
        assertThat(share(three, "b")).isCloseTo(0.3, within(0.015));
    }

    @Test
    void movesOnlyTheShareThatChanges() {
        RouteSettings before = route(Map.of("v1", 90, "v2", 10));
        RouteSettings after = route(Map.of("v1", 70, "v2", 30));
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            String was = choose(before, i);
            if (!was.equals(choose(after, i))) {
                assertThat(was).as("only keys of v1 move").isEqualTo("v1");
                moved++;
            }
        }
        assertThat((double) moved / KEYS).isCloseTo(0.2, within(0.015));
    }

    @Test
    void leavesOutTargetsWithoutAWeightAndTargetsThatTakeNoQuestions() {
        assertThat(share(route(Map.of("v1", 0, "v2", 1)), "v2")).isEqualTo(1);
        RouteSettings route = route(Map.of("v1", 1, "v2", 1));
        assertThat(route.choose("key", "v2"::equals)).contains("v2");
        assertThat(route.choose("key", _ -> false)).isEmpty();
    }

    @Test
    void takesATargetOutAndGivesItsShareToTheWayBack() throws InvalidFieldException {
        RouteSettings route = read(Map.of(
                "targets",
                List.of(Map.of("agent", "v1", "weight", 0), Map.of("agent", "v2", "weight", 100)),
                "way_back",
                Map.of("error_rate", 0.1, "to", "v1")));
        RouteTarget bad = route.targets().get(1);
        assertThat(route.mayTakeOut(bad)).isTrue();
        assertThat(route.mayTakeOut(route.targets().getFirst())).isFalse();
        Instant at = Instant.parse("2026-11-30T12:00:00Z");
        RouteSettings after = route.takeOut(bad, at, "too many errors");
        assertThat(after.targets())
                .containsExactly(
                        new RouteTarget("v1", 100, null),
                        new RouteTarget("v2", 0, new RouteTarget.TakenOut(at, "too many errors", 100)));
        assertThat(read(after.fields())).as("as read from the topic").isEqualTo(after);
    }

    @Test
    void neverTakesOutTheLastTargetWithAWeight() throws InvalidFieldException {
        RouteSettings route = read(Map.of(
                "targets",
                List.of(Map.of("agent", "v1", "weight", 0), Map.of("agent", "v2", "weight", 1)),
                "way_back",
                Map.of("p95", 5)));
        assertThat(route.targets()).noneMatch(route::mayTakeOut);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"targets": []}                                                             | targets
            {"targets": [{"agent": "v1", "weight": 0}]}                                 | targets
            {"targets": [{"agent": "V 1"}]}                                             | targets[0].agent
            {"targets": [{"agent": "v1"}, {"agent": "v1"}]}                             | targets[1].agent
            {"targets": [{"agent": "v1", "weight": -1}]}                                | targets[0].weight
            {"targets": [{"agent": "v1", "share": 1}]}                                  | targets[0].share
            {"targets": [{"agent": "v1"}], "sticky": "cookie"}                          | sticky
            {"targets": [{"agent": "v1"}], "sticky": "header:"}                         | sticky
            {"targets": [{"agent": "v1"}], "way_back": {"window": 60}}                  | way_back.error_rate
            {"targets": [{"agent": "v1"}], "way_back": {"error_rate": 2}}               | way_back.error_rate
            {"targets": [{"agent": "v1"}], "way_back": {"error_rate": 0.1, "to": "v2"}} | way_back.to
            """)
    void namesAnInvalidField(String json, String field) {
        Map<String, Object> fields = JsonMapper.shared().readValue(json, new TypeReference<>() {});
        assertThatThrownBy(() -> read(fields))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class,
                        invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    private static RouteSettings read(Map<String, Object> fields) throws InvalidFieldException {
        Map<String, Object> all = new HashMap<>(fields);
        all.put("type", "route");
        return (RouteSettings) AgentDefinition.read("support", all).settings();
    }

    private static RouteSettings route(Map<String, Integer> weights) {
        return new RouteSettings(
                weights.entrySet().stream()
                        .map(target -> new RouteTarget(target.getKey(), target.getValue(), null))
                        .toList(),
                StickyKey.SESSION,
                null);
    }

    private static String choose(RouteSettings route, int key) {
        return route.choose("support\n-:session-" + key, _ -> true).orElseThrow();
    }

    private static double share(RouteSettings route, String agent) {
        return IntStream.range(0, KEYS)
                        .filter(key -> choose(route, key).equals(agent))
                        .count()
                / (double) KEYS;
    }
}
