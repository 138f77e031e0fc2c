package io.turnlane.gateway.turns.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.gateway.turns.socket.FrameReader.InvalidFrameException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Tests that an arbitrary text from a client is either parsed as a frame or rejected with a reason. */
class FrameFuzzTest {

    private static final JsonMapper JSON = new JsonMapper();

    /** Reader with the same strict settings as the gateway's own. */
    private final FrameReader reader = new FrameReader(JsonMapper.builder()
            .addModule(WireFormat.module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    @ParameterizedTest
    @ValueSource(strings = {"ask", "subscribe", "unsubscribe", "cancel", "ping"})
    void readsEachTypeOfFrame(String type) throws InvalidFrameException {
        ClientFrame frame = reader.read("{\"ref\":\"7\",\"type\":\"" + type + "\"}");
        assertThat(frame.getClass().getSimpleName()).isEqualToIgnoringCase(type + "Frame");
        assertThat(frame.ref()).isEqualTo("7");
    }

    @FuzzTest(maxDuration = "1m")
    void frames(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            ClientFrame frame = reader.read(text);
            JsonNode sent = JSON.readTree(text);
            assertThat(frame.getClass().getSimpleName())
                    .isEqualToIgnoringCase(sent.path("type").asString() + "Frame");
            assertThat(frame.ref()).isEqualTo(sent.path("ref").asString(null));
        } catch (InvalidFrameException e) {
            assertThat(e.problem().getMessage()).isNotBlank();
        }
    }
}
