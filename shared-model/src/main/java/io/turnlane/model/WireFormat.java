package io.turnlane.model;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Records to JSON bytes and back: snake_case, times in RFC 3339, durations in seconds. The only user of Jackson in the
 * contract. Readers ignore fields that they don't know, so that a newer minor version can be read.
 *
 * <p>Safe for use by any number of threads.
 */
public final class WireFormat {

    /** Major and minor version of every record that is written. */
    public static final String SCHEMA_VERSION = "1.0";

    private final JsonMapper mapper = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .addModule(module())
            .build();

    /** How ids, durations and statuses look in JSON; gateways give it to their HTTP mapper too, so that all agree. */
    public static JacksonModule module() {
        return new SimpleModule("turnlane")
                .addSerializer(RequestId.class, text())
                .addSerializer(SessionId.class, text())
                .addSerializer(CallbackUrl.class, text())
                .addSerializer(RequestStatus.class, new TextSerializer<RequestStatus>(RequestStatus::wire))
                .addSerializer(ProcessorState.class, new TextSerializer<ProcessorState>(ProcessorState::wire))
                .addSerializer(TurnPolicy.class, new TextSerializer<TurnPolicy>(TurnPolicy::wire))
                .addSerializer(Priority.class, new TextSerializer<Priority>(Priority::wire))
                .addSerializer(Scope.class, new TextSerializer<Scope>(Scope::wire))
                .addSerializer(Duration.class, new Seconds())
                .addDeserializer(RequestId.class, new TextDeserializer<>(RequestId::parse))
                .addDeserializer(SessionId.class, new TextDeserializer<>(SessionId::new))
                .addDeserializer(CallbackUrl.class, new TextDeserializer<>(CallbackUrl::parse))
                .addDeserializer(RequestStatus.class, new TextDeserializer<>(RequestStatus::of))
                .addDeserializer(ProcessorState.class, new TextDeserializer<>(ProcessorState::of))
                .addDeserializer(TurnPolicy.class, new TextDeserializer<>(TurnPolicy::of))
                .addDeserializer(Priority.class, new TextDeserializer<>(Priority::of))
                .addDeserializer(Scope.class, new TextDeserializer<>(Scope::of))
                .addDeserializer(Duration.class, new FromSeconds());
    }

    /** Whether a record with this {@link RecordHeaders#SCHEMA_VERSION} can be read here. */
    public static boolean isReadable(@Nullable String schemaVersion) {
        return schemaVersion != null && schemaVersion.startsWith("1.");
    }

    /** A session command as the value of its record. */
    public byte[] write(SessionCommand command) {
        return mapper.writeValueAsBytes(command);
    }

    /**
     * Reads a session command.
     *
     * @param type the record's {@link RecordHeaders#TYPE}
     * @throws UnreadableRecordException where the type is unknown or the value is not such a command
     */
    public SessionCommand readCommand(@Nullable String type, byte[] value) throws UnreadableRecordException {
        return switch (type) {
            case Ask.TYPE -> read(value, Ask.class);
            case DeleteSession.TYPE -> read(value, DeleteSession.class);
            case RebuildSession.TYPE -> read(value, RebuildSession.class);
            case UpdateSession.TYPE -> read(value, UpdateSession.class);
            case ImportSession.TYPE -> read(value, ImportSession.class);
            case ForkSession.TYPE -> read(value, ForkSession.class);
            case null -> throw new UnreadableRecordException("no type header");
            default -> throw new UnreadableRecordException("unknown type");
        };
    }

    /** A turn event, exactly as clients get it: one line of JSON. */
    public byte[] write(TurnEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = mapper.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("request_id", event.requestId().toString());
            json.writeStringProperty("session_id", event.sessionId().toString());
            json.writeStringProperty("type", event.body().type());
            json.writeStringProperty("at", event.at().toString());
            json.writeNumberProperty("attempt", event.attempt());
            json.writeNumberProperty("seq", event.seq());
            writeBody(json, event.body());
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void writeBody(JsonGenerator json, TurnEvent.Body body) {
        switch (body) {
            case TurnEvent.Queued queued -> {
                json.writeNumberProperty("position", queued.position());
                if (queued.estimatedWait() != null) {
                    json.writeNumberProperty(
                            "estimated_wait", queued.estimatedWait().toMillis() / 1e3);
                }
            }
            case TurnEvent.Started started -> {
                if (started.memory() != null) {
                    json.writeStringProperty("memory", started.memory().wire());
                }
            }
            case TurnEvent.Stage stage -> json.writeStringProperty("stage", stage.stage());
            case TurnEvent.Delta delta -> {
                json.writeStringProperty("text", delta.text());
                json.writeNumberProperty("pos", delta.pos());
            }
            case TurnEvent.ArtifactMade made -> json.writePOJOProperty("artifact", made.artifact());
            case TurnEvent.Retrying retrying -> {
                json.writePOJOProperty("error", retrying.error());
                json.writeStringProperty("retry_at", retrying.retryAt().toString());
            }
            case TurnEvent.Completed completed -> json.writePOJOProperty("answer", completed.answer());
            case TurnEvent.Failed failed -> json.writePOJOProperty("error", failed.error());
            case TurnEvent.Cancelled cancelled -> writeCause(json, cancelled.cause());
            case TurnEvent.Superseded superseded -> writeCause(json, superseded.cause());
            case TurnEvent.Rejected rejected -> writeCause(json, rejected.cause());
        }
    }

    private static void writeCause(JsonGenerator json, EndCause cause) {
        json.writeStringProperty("reason", cause.reason());
        json.writePOJOProperty("by", cause.by());
    }

    /**
     * Reads how a turn ended from a terminal event.
     *
     * @throws UnreadableRecordException where it is no terminal event
     */
    public TurnEvent readTerminalEvent(byte[] value) throws UnreadableRecordException {
        try {
            return read(value, TerminalEvent.class).event();
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException("not a readable end of a turn");
        }
    }

    /** Any other value of the contract: an answer, an error, a past turn, phases, metadata. */
    public byte[] writeValue(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    /**
     * Reads what {@link #writeValue} wrote.
     *
     * @throws UnreadableRecordException where the bytes are not such a value
     */
    public <T> T read(byte[] json, Class<T> type) throws UnreadableRecordException {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw new UnreadableRecordException("null is no " + type.getSimpleName());
            }
            return value;
        } catch (JacksonException e) {
            // The parser's own message may quote the content, which belongs in no log.
            throw new UnreadableRecordException("not a readable " + type.getSimpleName());
        }
    }

    /**
     * Reads a JSON object.
     *
     * @throws UnreadableRecordException where the bytes are no JSON object
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> readObject(byte[] json) throws UnreadableRecordException {
        return (Map<String, Object>) read(json, Map.class);
    }

    private static ValueSerializer<Object> text() {
        return new TextSerializer<>(Object::toString);
    }

    private static final class TextSerializer<T> extends ValueSerializer<T> {
        private final Function<T, String> toText;

        TextSerializer(Function<T, String> toText) {
            this.toText = toText;
        }

        @Override
        public void serialize(T value, JsonGenerator json, SerializationContext context) {
            json.writeString(toText.apply(value));
        }
    }

    private static final class TextDeserializer<T> extends ValueDeserializer<T> {
        private final Function<String, T> fromText;

        TextDeserializer(Function<String, T> fromText) {
            this.fromText = fromText;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) {
            return fromText.apply(parser.getString());
        }
    }

    /** Durations are seconds, to the microsecond. */
    private static final class Seconds extends ValueSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator json, SerializationContext context) {
            json.writeNumber(TimeUnit.NANOSECONDS.toMicros(value.toNanos()) / 1e6);
        }
    }

    private static final class FromSeconds extends ValueDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) {
            return Duration.ofNanos(Math.round(parser.getDoubleValue() * 1e9));
        }
    }
}
