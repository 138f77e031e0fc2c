package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.standalone.terminal.CommandFailedException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GatewayPortTest {

    @Test
    void choosesTheFirstFreePortFrom8080On() {
        assertThat(GatewayPort.choose(0, port -> true)).isEqualTo(8080);
        assertThat(GatewayPort.choose(0, port -> !Set.of(8080, 8081).contains(port)))
                .isEqualTo(8082);
    }

    @Test
    void usesTheRequestedPortOrFails() {
        assertThat(GatewayPort.choose(9000, port -> true)).isEqualTo(9000);
        assertThatThrownBy(() -> GatewayPort.choose(9000, port -> port != 9000))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("9000 is taken");
    }

    @Test
    void namesTheTriedPortsIfNoneIsFree() {
        assertThatThrownBy(() -> GatewayPort.choose(0, port -> false)).hasMessageContaining("8080 to 8179");
    }
}
