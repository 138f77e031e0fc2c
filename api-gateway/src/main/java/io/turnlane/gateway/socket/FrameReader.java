package io.turnlane.gateway.socket;

import io.turnlane.gateway.problem.JsonMistakes;
import io.turnlane.gateway.problem.Refusal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Text to frame, as strict as the bodies of HTTP calls. */
final class FrameReader {

    private static final int LONGEST_REF = 128;

    private final JsonMapper json;

    FrameReader(JsonMapper json) {
        this.json = json;
    }

    /** A frame that is no frame; {@code ref} is known where at least that could be read. */
    static final class BadFrame extends Exception {

        private static final long serialVersionUID = 1L;

        private final @Nullable String ref;
        private final Refusal refusal;

        BadFrame(@Nullable String ref, Refusal refusal) {
            super(refusal);
            this.ref = ref;
            this.refusal = refusal;
        }

        @Nullable
        String ref() {
            return ref;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    ClientFrame read(String text) throws BadFrame {
        ObjectNode frame = object(text);
        String ref = ref(frame);
        JsonNode type = frame.remove("type");
        try {
            return json.treeToValue(frame, kind(type == null ? "" : type.asString("")));
        } catch (JacksonException e) {
            throw new BadFrame(ref, Refusal.invalid(JsonMistakes.explain(e)));
        } catch (Refusal refusal) {
            throw new BadFrame(ref, refusal);
        }
    }

    private ObjectNode object(String text) throws BadFrame {
        try {
            if (json.readTree(text) instanceof ObjectNode frame) {
                return frame;
            }
        } catch (JacksonException e) {
            throw new BadFrame(null, Refusal.invalid(JsonMistakes.explain(e)));
        }
        throw new BadFrame(null, Refusal.invalid("a frame is one JSON object"));
    }

    private static @Nullable String ref(ObjectNode frame) throws BadFrame {
        JsonNode ref = frame.get("ref");
        if (ref == null || ref.isNull()) {
            return null;
        }
        if (!ref.isString() || ref.asString().length() > LONGEST_REF) {
            throw new BadFrame(null, Refusal.invalid("ref is a text of at most " + LONGEST_REF + " characters"));
        }
        return ref.asString();
    }

    private static Class<? extends ClientFrame> kind(String type) {
        return switch (type) {
            case "ask" -> ClientFrame.Ask.class;
            case "subscribe" -> ClientFrame.Subscribe.class;
            case "unsubscribe" -> ClientFrame.Unsubscribe.class;
            case "cancel" -> ClientFrame.Cancel.class;
            case "ping" -> ClientFrame.Ping.class;
            default -> throw Refusal.invalid("type is one of ask, subscribe, unsubscribe, cancel, ping");
        };
    }
}
