package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class FreePortTest {

    @Test
    void choosesTheFirstFreePort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = FreePort.any();
            assertThat(FreePort.preferring(0, taken.getLocalPort(), free)).isEqualTo(free);
            assertThat(FreePort.preferring(taken.getLocalPort())).isPositive().isNotEqualTo(taken.getLocalPort());
        }
    }
}
