package io.turnlane.gateway.turns.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.gateway.turns.socket.FrameReader.InvalidFrameException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Tests that an arbitrary text from a client is either parsed as a frame or rejected with a reason. */
class FrameFuzzTest {

    /** Reader with the same strict settings as the gateway's own. */
    private final FrameReader reader = new FrameReader(JsonMapper.builder()
            .addModule(WireFormat.module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    @FuzzTest(maxDuration = "1m")
    void frames(byte[] bytes) {
        try {
            ClientFrame frame = reader.read(new String(bytes, StandardCharsets.UTF_8));
            assertThat(frame).isNotNull();
        } catch (InvalidFrameException e) {
            assertThat(e.problem().getMessage()).isNotBlank();
        }
    }
}
