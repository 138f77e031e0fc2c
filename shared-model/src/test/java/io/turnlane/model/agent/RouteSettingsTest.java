package io.turnlane.model.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Rules of a route's targets, and changes of the targets by the way back. */
class RouteSettingsTest {

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
                        new RouteTarget("v1", 100, null, null),
                        new RouteTarget("v2", 0, null, new RouteTarget.TakenOut(at, "too many errors", 100)));
        assertThat(read(after.fields())).as("as read from the topic").isEqualTo(after);
    }

    @Test
    void sendsQuestionsToTheTargetWhoseRuleApplies() throws InvalidFieldException {
        Map<String, Object> rule = Map.of("key", "claim:plan", "values", List.of("beta", "internal"));
        RouteSettings route = read(Map.of(
                "targets", List.of(Map.of("agent", "v1"), Map.of("agent", "v2", "when", rule)),
                "way_back", Map.of("error_rate", 0.1)));
        assertThat(route.targets().getLast().weight()).as("no share by default").isZero();
        assertThat(read(route.fields())).isEqualTo(route);
        assertThat(route.chooseByRule(_ -> Optional.of("beta"), _ -> true)).contains("v2");
        assertThat(route.chooseByRule(_ -> Optional.of("beta"), "v1"::equals)).isEmpty();
        assertThat(route.chooseByRule(_ -> Optional.of("free"), _ -> true)).isEmpty();
        assertThat(route.chooseByRule(_ -> Optional.empty(), _ -> true)).isEmpty();

        RouteTarget beta = route.targets().getLast();
        assertThat(route.mayTakeOut(beta)).isTrue();
        RouteSettings after = route.takeOut(beta, Instant.EPOCH, "too many errors");
        assertThat(after.chooseByRule(_ -> Optional.of("beta"), _ -> true)).isEmpty();
        assertThat(read(after.fields())).as("as read from the topic").isEqualTo(after);
        assertThat(after.mayTakeOut(after.targets().getLast())).isFalse();
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
            {"targets": [{"agent": "v1", "when": {"key": "session", "values": ["x"]}}]} | targets[0].when.key
            {"targets": [{"agent": "v1", "when": {"key": "user"}}]}                     | targets[0].when.values
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
}
