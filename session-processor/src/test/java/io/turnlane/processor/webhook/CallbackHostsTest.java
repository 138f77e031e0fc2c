package io.turnlane.processor.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbackHostsTest {

    private static final Runnable NO_CALLBACK = () -> {};

    private final CallbackHosts hosts = new CallbackHosts(3, 2);
    private final List<String> woken = new ArrayList<>();

    private boolean begin(String host, String name) {
        return hosts.beginCall(host, () -> woken.add(name));
    }

    private void hold(String host, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(hosts.reserve(host)).isTrue();
        }
    }

    @Test
    void rejectsWebhooksBeyondTheShareOfAFailingHost() {
        hold("dead", 1);
        assertThat(begin("dead", "a")).isTrue();
        hosts.endCall("dead", false);
        hold("dead", 2);
        assertThat(hosts.reserve("dead")).isFalse();
        hold("good", 10);
        assertThat(hosts.maxReserved()).isEqualTo(10);
        hosts.release("dead", NO_CALLBACK);
        hold("dead", 1);
        assertThat(hosts.reserve("dead")).isFalse();
    }

    @Test
    void allowsASlowHostToExceedItsShare() {
        hold("slow", 100);
        assertThat(begin("slow", "a")).isTrue();
        hosts.endCall("slow", true);
        hold("slow", 100);
    }

    @Test
    void acceptsWebhooksOfAHostThatHasRecovered() {
        hold("back", 3);
        assertThat(begin("back", "a")).isTrue();
        hosts.endCall("back", false);
        assertThat(hosts.reserve("back")).isFalse();
        assertThat(begin("back", "b")).isTrue();
        hosts.endCall("back", true);
        hold("back", 1);
    }

    @Test
    void limitsConcurrentCallsOfAHostAndWakesWaitingOnesInOrder() {
        hold("busy", 5);
        hold("other", 1);
        assertThat(begin("busy", "a")).isTrue();
        assertThat(begin("busy", "b")).isTrue();
        assertThat(begin("busy", "c")).isFalse();
        assertThat(begin("busy", "d")).isFalse();
        assertThat(begin("other", "x")).isTrue();
        hosts.endCall("busy", true);
        assertThat(woken).containsExactly("c");
        assertThat(begin("busy", "c")).isTrue();
        assertThat(begin("busy", "e")).isFalse();
        hosts.endCall("busy", true);
        hosts.endCall("busy", true);
        hosts.endCall("busy", true);
        assertThat(woken).containsExactly("c", "d", "e");
    }

    @Test
    void registersACallbackOnceAndRemovesItOnRelease() {
        hold("busy", 5);
        assertThat(begin("busy", "a") && begin("busy", "b")).isTrue();
        Runnable impatient = () -> woken.add("impatient");
        Runnable gone = () -> woken.add("gone");
        for (int i = 0; i < 3; i++) {
            assertThat(hosts.beginCall("busy", gone)).isFalse();
            assertThat(hosts.beginCall("busy", impatient)).isFalse();
        }
        hosts.release("busy", gone);
        hosts.endCall("busy", true);
        hosts.endCall("busy", true);
        assertThat(woken).containsExactly("impatient");
    }

    @Test
    void forgetsAHostWithoutReservations() {
        hold("gone", 3);
        assertThat(begin("gone", "a")).isTrue();
        hosts.endCall("gone", false);
        for (int i = 0; i < 3; i++) {
            hosts.release("gone", NO_CALLBACK);
        }
        assertThat(hosts.maxReserved()).isZero();
        hold("gone", 4);
        assertThat(begin("gone", "b")).isTrue();
    }
}
