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
     * On events: offset of the turn's record in its partition of the turns topic. The turns of a session run in the
     * order of these offsets, so readers can discard late events of an older turn.
     */
    public static final String TURN = "turn";

    /**
     * On terminal events of completed turns: times of the request record, see {@link RequestTimes#toHeader}. Absent if
     * the record also has other data that the event lacks, or if the event is published again.
     */
    public static final String TIMES = "times";

    /**
     * On terminal events of completed turns that changed the states of agents: the states of all agents of the session,
     * as JSON.
     */
    public static final String AGENT_STATES = "agent-states";

    /** On terminal events of completed turns: the calls of tools that the session's history keeps, as JSON. */
    public static final String TOOL_STEPS = "tool-steps";

    /** On events that end an attempt: the calls of models that the agent made, {@link CalledModel} as a JSON array. */
    public static final String MODEL_CALLS = "model-calls";

    /** On session commands: id of the gateway that accepted the command. */
    public static final String GATEWAY = "gateway";
    /** On questions: limits that the question passed, as text for operators. */
    public static final String LIMITS = "limits";

    public static final String USER_ID = "user-id";
    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";
    /** On turns: offset on the events topic from which an event stream of this turn starts to read. */
    public static final String EVENTS_FROM = "events-from";

    /**
     * On turns: policy of the command, absent if it is the default. Deep lanes do not hold commands, so processors read
     * the policy and the priority of their turns from headers.
     */
    public static final String POLICY = "policy";

    public static final String PRIORITY = "priority";
    /** On turns: deadline in epoch ms by the gateway's clock; absent if there is none. */
    public static final String DEADLINE = "deadline";
    /** On turns and on their terminal events: name of the agent. */
    public static final String AGENT = "agent";
    /** On turns and on their terminal events: URL to which the terminal event is posted. */
    public static final String CALLBACK_URL = "callback-url";

    /** On quarantine records and on events of failed turns: code of the error. */
    public static final String ERROR_CODE = "error-code";

    public static final String ERROR_MESSAGE = "error-message";
    /** On quarantine records: key of the original record. */
    public static final String ORIGIN_KEY = "origin-key";

    public static final String ORIGIN_TOPIC = "origin-topic";
    public static final String ORIGIN_PARTITION = "origin-partition";
    public static final String ORIGIN_OFFSET = "origin-offset";

    /** On turns and quarantine records: id attribute of CloudEvents 1.0 in Kafka binary mode. */
    public static final String CE_ID = "ce_id";

    public static final String CE_TYPE = "ce_type";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_SPECVERSION = "ce_specversion";

    private RecordHeaders() {}
}
