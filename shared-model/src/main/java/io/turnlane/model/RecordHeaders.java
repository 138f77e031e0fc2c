package io.turnlane.model;

/** Names of record headers. Values are UTF-8 text. Headers allow readers to skip a record without parsing its value. */
public final class RecordHeaders {

    public static final String REQUEST_ID = "request-id";
    /** Type of a session command or of a turn event. */
    public static final String TYPE = "type";
    /**
     * Version of the value's schema. This release writes {@value WireFormat#SCHEMA_VERSION}. Readers accept any minor
     * version. A turn with another major version goes to quarantine.
     */
    public static final String SCHEMA_VERSION = "schema-version";

    public static final String ATTEMPT = "attempt";
    public static final String SEQ = "seq";
    /**
     * On events: offset of the turn's record in the turns partition with the same number. The turns of a session run in
     * the order of these offsets, so readers can discard late events of an older turn.
     */
    public static final String TURN = "turn";

    public static final String USER_ID = "user-id";
    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";
    /**
     * On turns: offset in the events partition. A client's event stream of this turn reads the partition from this
     * offset on.
     */
    public static final String EVENTS_FROM = "events-from";

    /**
     * On turns: policy and priority; absent if they have the default value. Processors need both for every waiting
     * turn, but drop the values of most waiting records from the heap. The policy and the priority are therefore
     * headers and not part of the value.
     */
    public static final String POLICY = "policy";

    public static final String PRIORITY = "priority";
    /**
     * On turns: time until which an answer is wanted, in epoch ms by the gateway's clock; absent if there is no
     * deadline.
     */
    public static final String DEADLINE = "deadline";
    /** On turns: name of the agent. */
    public static final String AGENT = "agent";
    /** On turns and on their terminal events: URL to which the terminal event is posted. */
    public static final String CALLBACK_URL = "callback-url";

    /** On quarantine records: code and message of the error, and the key and log position of the original record. */
    public static final String ERROR_CODE = "error-code";

    public static final String ERROR_MESSAGE = "error-message";
    /** On quarantine records: key of the original record. The key of the quarantine record itself is its id. */
    public static final String ORIGIN_KEY = "origin-key";

    public static final String ORIGIN_TOPIC = "origin-topic";
    public static final String ORIGIN_PARTITION = "origin-partition";
    public static final String ORIGIN_OFFSET = "origin-offset";

    /** On turns and quarantine records: attributes of CloudEvents 1.0 in Kafka binary mode. */
    public static final String CE_ID = "ce_id";

    public static final String CE_TYPE = "ce_type";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_SPECVERSION = "ce_specversion";

    private RecordHeaders() {}
}
