package io.turnlane.model;

/** Names of the record headers, so that a reader can skip a record without parsing its value. Values are UTF-8 text. */
public final class RecordHeaders {

    public static final String REQUEST_ID = "request-id";
    /** A session command's or a turn event's type. */
    public static final String TYPE = "type";
    /** {@value WireFormat#SCHEMA_VERSION} here; an unknown minor is read, an unknown major goes to quarantine. */
    public static final String SCHEMA_VERSION = "schema-version";

    public static final String ATTEMPT = "attempt";
    public static final String SEQ = "seq";
    /**
     * On events: the turn's place, its offset in the turns partition of the same number. Turns of a session run in this
     * order, so whoever knows a later one tells an older one's late words by it.
     */
    public static final String TURN = "turn";

    public static final String USER_ID = "user-id";
    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";
    /** On turns: where a stream of this turn starts to read its events partition. */
    public static final String EVENTS_FROM = "events-from";

    /** On turns, each where it isn't the default: a deep lane knows it without the value. */
    public static final String POLICY = "policy";

    public static final String PRIORITY = "priority";
    /** On turns: until when an answer is wanted, in epoch ms by the gateway's clock; absent for as long as it takes. */
    public static final String DEADLINE = "deadline";
    /** On turns: who shall answer. */
    public static final String AGENT = "agent";
    /** On turns, and on the terminal events of these: where the end is to be posted to. */
    public static final String CALLBACK_URL = "callback-url";

    /** On quarantine: the error's code, its message, and where the record came from. */
    public static final String ERROR_CODE = "error-code";

    public static final String ERROR_MESSAGE = "error-message";
    /** The key that the record came with; on quarantine records are keyed by what names them. */
    public static final String ORIGIN_KEY = "origin-key";

    public static final String ORIGIN_TOPIC = "origin-topic";
    public static final String ORIGIN_PARTITION = "origin-partition";
    public static final String ORIGIN_OFFSET = "origin-offset";

    /** CloudEvents 1.0, Kafka binary mode; on turns and quarantine. */
    public static final String CE_ID = "ce_id";

    public static final String CE_TYPE = "ce_type";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_SPECVERSION = "ce_specversion";

    private RecordHeaders() {}
}
