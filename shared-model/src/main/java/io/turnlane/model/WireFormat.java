package io.turnlane.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.json.IncomingJson;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Converts records to JSON bytes and back: names in snake_case, times in RFC 3339 with milliseconds, durations in
 * seconds. Only this class and {@link IncomingJson} use Jackson in this module. Readers ignore unknown fields, so that
 * they can read records of newer minor versions. They reject times and durations outside {@link ValueRanges}.
 *
 * <p>Thread-safe.
 */
public final class WireFormat {

    /** Major and minor version of all written records. */
    public static final String SCHEMA_VERSION = "1.0";

    /**
     * Format of times. It always has three decimals, so that all times have the same length and can be sorted as text.
     */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final JsonMapper mapper = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .addModule(module())
            .build();

    /**
     * Returns a Jackson module with the JSON form of ids, times, durations and enumerations. Gateways also register
     * this module for HTTP, so that records and HTTP bodies have the same form.
     */
    public static JacksonModule module() {
        return new SimpleModule("turnlane")
                .addSerializer(RequestId.class, text())
                .addSerializer(SessionId.class, text())
                .addSerializer(CallbackUrl.class, text())
                .addSerializer(WireEnum.class, new TextSerializer<>(WireEnum::wire))
                .addSerializer(AgentStates.class, new StatesSerializer())
                .addSerializer(Duration.class, new Seconds())
                .addSerializer(Instant.class, new TextSerializer<Instant>(TIME::format))
                .addDeserializer(RequestId.class, new TextDeserializer<>(RequestId::parse))
                .addDeserializer(SessionId.class, new TextDeserializer<>(SessionId::new))
                .addDeserializer(CallbackUrl.class, new TextDeserializer<>(CallbackUrl::ofRecord))
                .addDeserializer(AgentStates.class, new StatesDeserializer())
                .addDeserializer(RequestStatus.class, new TextDeserializer<>(RequestStatus::of))
                .addDeserializer(ProcessorState.class, new TextDeserializer<>(ProcessorState::of))
                .addDeserializer(TurnPolicy.class, new TextDeserializer<>(TurnPolicy::of))
                .addDeserializer(ToolOutcome.class, new TextDeserializer<>(ToolOutcome::of))
                .addDeserializer(
                        ClientDelivery.DeliveryChannel.class,
                        new TextDeserializer<>(ClientDelivery.DeliveryChannel::of))
                .addDeserializer(Priority.class, new TextDeserializer<>(Priority::of))
                .addDeserializer(Scope.class, new TextDeserializer<>(Scope::of))
                .addDeserializer(Instant.class, new TextDeserializer<>(WireFormat::time))
                .addDeserializer(Duration.class, new FromSeconds())
                .addDeserializer(double.class, new NumberOnly(0.0))
                .addDeserializer(Double.class, new NumberOnly(null));
    }

    /**
     * Returns true if this release can read a record with this value of the header
     * {@link RecordHeaders#SCHEMA_VERSION}.
     */
    public static boolean isReadable(@Nullable String schemaVersion) {
        return schemaVersion != null && schemaVersion.startsWith("1.");
    }

    /** Returns the value of a command's record. */
    public byte[] write(SessionCommand command) {
        return mapper.writeValueAsBytes(command);
    }

    /**
     * Reads a session command.
     *
     * @param type value of the record's {@link RecordHeaders#TYPE} header, or null if it has none
     * @throws UnreadableRecordException if the type is unknown or the value is not a command of this type
     */
    public SessionCommand readCommand(@Nullable String type, byte[] value) throws UnreadableRecordException {
        return switch (type) {
            case Ask.TYPE -> read(value, Ask.class);
            case CancelTurn.TYPE -> read(value, CancelTurn.class);
            case DeleteSession.TYPE -> read(value, DeleteSession.class);
            case RebuildSession.TYPE -> read(value, RebuildSession.class);
            case UpdateSession.TYPE -> read(value, UpdateSession.class);
            case ImportSession.TYPE -> read(value, ImportSession.class);
            case ForkSession.TYPE -> read(value, ForkSession.class);
            case null -> throw new UnreadableRecordException("the record has no type header");
            default -> throw new UnreadableRecordException("unknown command type");
        };
    }

    /** Returns the value of an event's record: one line of JSON, exactly as clients receive it. */
    public byte[] write(TurnEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = mapper.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("request_id", event.requestId().toString());
            json.writeStringProperty("session_id", event.sessionId().toString());
            json.writeStringProperty("type", event.body().type());
            json.writeStringProperty("at", TIME.format(event.at()));
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
                if (queued.reason() != null) {
                    json.writeStringProperty("reason", queued.reason());
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
            case TurnEvent.ToolCalled(ToolCall call) -> {
                json.writeStringProperty("tool", call.tool());
                json.writeNumberProperty("duration", TimeUnit.MICROSECONDS.convert(call.duration()) / 1e6);
                json.writeStringProperty("outcome", call.outcome().wire());
            }
            case TurnEvent.Retrying retrying -> {
                json.writePOJOProperty("error", retrying.error());
                json.writeStringProperty("retry_at", TIME.format(retrying.retryAt()));
            }
            case TurnEvent.Completed completed -> json.writePOJOProperty("answer", completed.answer());
            case TurnEvent.Failed failed -> {
                json.writePOJOProperty("error", failed.error());
                writeUsage(json, failed.usage());
            }
            case TurnEvent.Cancelled cancelled -> {
                writeCause(json, cancelled.cause());
                writeUsage(json, cancelled.usage());
            }
            case TurnEvent.Superseded superseded -> writeCause(json, superseded.cause());
            case TurnEvent.Rejected rejected -> writeCause(json, rejected.cause());
        }
    }

    private static void writeCause(JsonGenerator json, EndCause cause) {
        json.writeStringProperty("reason", cause.reason());
        json.writePOJOProperty("by", cause.by());
    }

    private static void writeUsage(JsonGenerator json, Usage usage) {
        if (!usage.equals(Usage.NONE)) {
            json.writePOJOProperty("usage", usage);
        }
    }

    /**
     * Reads a terminal event.
     *
     * @throws UnreadableRecordException if the bytes are not a terminal event
     */
    public TurnEvent readTerminalEvent(byte[] value) throws UnreadableRecordException {
        try {
            return read(value, TerminalEvent.class).event();
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException("not a readable terminal event");
        }
    }

    /**
     * Reads the record of a terminal event.
     *
     * @param states value of the record's {@link RecordHeaders#AGENT_STATES} header, or null if it has none
     * @param steps value of the record's {@link RecordHeaders#TOOL_STEPS} header, or null if it has none
     * @throws UnreadableRecordException if the bytes are not a terminal event
     */
    public TurnEvent readTerminalEvent(byte[] value, @Nullable String states, @Nullable String steps)
            throws UnreadableRecordException {
        TurnEvent event = readTerminalEvent(value);
        return (states != null || steps != null) && event.body() instanceof TurnEvent.Completed completed
                ? event.withBody(new TurnEvent.Completed(
                        completed.answer(),
                        completed.times(),
                        states == null ? null : read(states.getBytes(UTF_8), AgentStates.class),
                        steps == null ? List.of() : List.of(read(steps.getBytes(UTF_8), ToolStep[].class))))
                : event;
    }

    /**
     * Returns the JSON of a value, for example of an answer or an error. Commands and events have methods of their own.
     */
    public byte[] writeValue(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    /**
     * Reads a value that {@link #writeValue} wrote.
     *
     * @throws UnreadableRecordException if the bytes are not a value of the type
     */
    public <T> T read(byte[] json, Class<T> type) throws UnreadableRecordException {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw new UnreadableRecordException("null is not a valid " + type.getSimpleName());
            }
            return value;
        } catch (JacksonException e) {
            // The message of the parser can contain content of the record, which must not be logged.
            throw new UnreadableRecordException("not a readable " + type.getSimpleName());
        }
    }

    /**
     * Reads a JSON object.
     *
     * @throws UnreadableRecordException if the bytes are not a JSON object
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> readObject(byte[] json) throws UnreadableRecordException {
        return (Map<String, Object>) read(json, Map.class);
    }

    /**
     * Reads a JSON object that {@link #writeValue} has just written, as a copy.
     *
     * @throws IllegalStateException if the bytes are not a JSON object
     */
    public Map<String, Object> readWritten(byte[] json) {
        try {
            return readObject(json);
        } catch (UnreadableRecordException e) {
            throw new IllegalStateException("written JSON cannot be read again", e);
        }
    }

    /**
     * Returns a copy of a JSON object in which every Java value is replaced by maps, lists, text, numbers, booleans or
     * null.
     *
     * @throws JacksonException if a value has no JSON form
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> toPlainObject(Map<String, Object> object) {
        return mapper.convertValue(object, Map.class);
    }

    private static Instant time(String text) {
        try {
            return ValueRanges.checkTime(Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("a time must have the form 2026-11-21T06:00:00Z", e);
        }
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

    private static final class StatesSerializer extends ValueSerializer<AgentStates> {
        @Override
        public void serialize(AgentStates value, JsonGenerator json, SerializationContext context) {
            json.writePOJO(value.byAgent());
        }
    }

    private static final class StatesDeserializer extends ValueDeserializer<AgentStates> {
        @Override
        public AgentStates deserialize(JsonParser parser, DeserializationContext context) {
            JavaType object =
                    context.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, Object.class);
            JavaType byAgent = context.getTypeFactory()
                    .constructMapType(
                            LinkedHashMap.class, context.getTypeFactory().constructType(String.class), object);
            return new AgentStates(context.readValue(parser, byAgent));
        }
    }

    /** Reads a number, and rejects the texts "NaN" and "Infinity", which Jackson otherwise reads as numbers. */
    private static final class NumberOnly extends ValueDeserializer<Double> {
        private final @Nullable Double absent;

        NumberOnly(@Nullable Double absent) {
            this.absent = absent;
        }

        @Override
        public @Nullable Double deserialize(JsonParser parser, DeserializationContext context) {
            return parser.currentToken().isNumeric()
                    ? (Double) parser.getDoubleValue()
                    : (Double) context.handleUnexpectedToken(Double.class, parser);
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return absent;
        }
    }

    private static final class Seconds extends ValueSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator json, SerializationContext context) {
            json.writeNumber(TimeUnit.MICROSECONDS.convert(value) / 1e6);
        }
    }

    private static final class FromSeconds extends ValueDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) {
            double seconds = parser.getDoubleValue();
            // A duration can be negative if the clocks of two machines differ. The check therefore ignores the sign.
            if (!(Math.abs(seconds) <= ValueRanges.LONGEST.toSeconds())) {
                throw new IllegalArgumentException(
                        "a duration must have at most " + ValueRanges.LONGEST.toSeconds() + " seconds");
            }
            // A double holds a hundred years in microseconds exactly, but not in nanoseconds.
            return Duration.of(Math.round(seconds * 1e6), ChronoUnit.MICROS);
        }
    }
}
