package io.turnlane.gateway.turns.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnlane.model.agent.RouteSettings;
import io.turnlane.model.agent.RouteTarget;
import io.turnlane.model.agent.StickyKey;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Choice of a route's target by weight. */
class ConfiguredRouteTest {

    private static final int KEYS = 20_000;

    @Test
    void givesEachTargetTheShareOfItsWeight() {
        ConfiguredRoute route = route(Map.of("v1", 90, "v2", 10));
        assertThat(share(route, "v2")).isCloseTo(0.1, within(0.01));
        ConfiguredRoute three = route(Map.of("a", 5, "b", 3, "c", 2));
        assertThat(share(three, "a")).isCloseTo(0.5, within(0.015));
        assertThat(share(three, "b")).isCloseTo(0.3, within(0.015));
    }

    @Test
    void movesOnlyTheShareThatChanges() {
        ConfiguredRoute before = route(Map.of("v1", 90, "v2", 10));
        ConfiguredRoute after = route(Map.of("v1", 70, "v2", 30));
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
        ConfiguredRoute route = route(Map.of("v1", 1, "v2", 1));
        assertThat(route.choose("key", "v2"::equals)).contains("v2");
        assertThat(route.choose("key", _ -> false)).isEmpty();
    }

    private static ConfiguredRoute route(Map<String, Integer> weights) {
        RouteSettings settings = new RouteSettings(
                weights.entrySet().stream()
                        .map(target -> new RouteTarget(target.getKey(), target.getValue(), null, null))
                        .toList(),
                StickyKey.SESSION,
                null);
        return new ConfiguredRoute("support", Instant.EPOCH, settings);
    }

    private static String choose(ConfiguredRoute route, int key) {
        return route.choose("-:session-" + key, _ -> true).orElseThrow();
    }

    private static double share(ConfiguredRoute route, String agent) {
        return IntStream.range(0, KEYS)
                        .filter(key -> choose(route, key).equals(agent))
                        .count()
                / (double) KEYS;
    }
}
