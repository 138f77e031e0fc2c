package io.turnlane.processor.agent.chat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import io.turnlane.processor.agent.http.Deadline;
import io.turnlane.processor.agent.http.RetryAfterHeader;
import io.turnlane.processor.agent.http.StreamedResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Maps the errors of a model service to exceptions. Their messages name the settings to check. They quote nothing that
 * the service sent, except a short error code, because services repeat parts of keys and questions in their messages.
 */
final class ServiceErrors {

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration TIME_FOR_BODY = Duration.ofSeconds(1);
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private ServiceErrors() {}

    /**
     * Returns the exception for an unsuccessful response after which a later call may succeed.
     *
     * @throws TerminalAgentException if a later call would fail in the same way
     */
    static ModelUnavailableException unsuccessful(ModelService service, StreamedResponse response)
            throws TerminalAgentException, InterruptedException {
        int status = response.status();
        String code = errorCode(response);
        String shown = "status " + status + (code == null ? "" : ", " + code);
        if (status >= 500 || status == 408 || status == 409 || status == 425 || status == 429) {
            return new ModelUnavailableException(
                    status == 429 ? Unavailability.BUSY : Unavailability.FAULT,
                    "answered with " + shown,
                    RetryAfterHeader.of(response.headers(), LONGEST_RETRY_AFTER));
        }
        throw new TerminalAgentException(ErrorCode.AGENT_ERROR, subject(service) + problem(service, status, shown));
    }

    private static String problem(ModelService service, int status, String shown) {
        return switch (status) {
            case 401 ->
                " rejected the API key (" + shown + "). Check the setting key"
                        + (service.key() == null ? "." : ", which refers to " + service.key() + ".");
            case 403 -> " does not allow this call (" + shown + "). Check the settings key and model.";
            case 404 -> " has no such model or path (" + shown + "). Check the settings model and url.";
            case 301, 302, 303, 307, 308 -> " has another address (" + shown + "). Check the setting url.";
            default ->
                " rejected the call (" + shown + "). Check the settings model and parameters. If calls are too large,"
                        + " lower history_tokens.";
        };
    }

    /** Returns the exception for an error that a stream of the service contains; null if the event is not an error. */
    static @Nullable ModelUnavailableException inStream(String event) {
        if (!event.contains("\"error\"")) { // most events need no parsing here
            return null;
        }
        JsonNode error = parse(event).path("error");
        String code = errorCode(error);
        return error.isObject() || error.isString()
                ? new ModelUnavailableException(
                        Unavailability.FAULT,
                        "reported an error in its stream" + (code == null ? "" : " (" + code + ")"))
                : null;
    }

    /** Returns the beginning of a sentence whose subject is the service. */
    static String subject(ModelService service) {
        return "The model service (provider " + service.provider().wire() + ", model " + service.model() + ")";
    }

    private static @Nullable String errorCode(StreamedResponse response) throws InterruptedException {
        try {
            return errorCode(parse(response.text(MAX_BODY_BYTES, Deadline.in(TIME_FOR_BODY), TIME_FOR_BODY))
                    .path("error"));
        } catch (IOException _) {
            return null; // the status is enough
        }
    }

    private static @Nullable String errorCode(JsonNode error) {
        for (String field : new String[] {"code", "type"}) {
            String code = error.path(field).asString("");
            if (ERROR_CODE.matcher(code).matches()) {
                return code;
            }
        }
        return null;
    }

    private static JsonNode parse(String json) {
        try {
            return JsonMapper.shared().readTree(json);
        } catch (JacksonException _) {
            return JsonMapper.shared().missingNode();
        }
    }
}
