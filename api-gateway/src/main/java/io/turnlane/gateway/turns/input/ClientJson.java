package io.turnlane.gateway.turns.input;

import io.turnlane.gateway.problem.JsonErrors;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.json.IncomingJson;
import io.turnlane.model.json.JsonLimits;
import tools.jackson.core.JacksonException;

/** Checks JSON from clients against general limits, for example on its depth. */
public final class ClientJson {

    private ClientJson() {}

    /**
     * Checks the body of a request.
     *
     * @throws ProblemDetailException if the body is not JSON or exceeds a limit
     */
    static void checkBody(byte[] body) {
        check(() -> IncomingJson.check(body));
    }

    /**
     * Checks a WebSocket frame.
     *
     * @throws ProblemDetailException if the frame is not JSON or exceeds a limit
     */
    public static void checkFrame(String frame) {
        check(() -> IncomingJson.check(frame));
    }

    /**
     * Checks and returns a value that the client can choose freely, such as metadata.
     *
     * @throws ProblemDetailException if the value exceeds a limit
     */
    public static <T> T checkValue(String name, T value) {
        try {
            return JsonLimits.check(value);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid(name + " " + e.getMessage() + ".");
        }
    }

    private static void check(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid(String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            throw ProblemDetailException.invalid(JsonErrors.explain(e));
        }
    }
}
