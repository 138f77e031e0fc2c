package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/**
 * Writes a problem instead of an HTML page for requests that Tomcat itself rejects, such as a malformed URL, before any
 * filter or controller.
 */
public final class ProblemReportValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        AtomicBoolean allowed = new AtomicBoolean();
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, allowed);
        if (!allowed.get()) {
            return;
        }
        ErrorCode code = Problem.codeForStatus(response.getStatus());
        try {
            response.setContentType("application/problem+json");
            response.setCharacterEncoding("utf-8");
            response.setHeader("X-Request-Id", UUID.randomUUID().toString());
            response.getReporter().write(json(code, response.getStatus()));
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            container.getLogger().debug("client disconnected before the error response", e);
        }
    }

    private static String json(ErrorCode code, int status) {
        return "{\"type\":\"urn:turnlane:problem:%s\",\"title\":\"%s\",\"status\":%s,\"code\":\"%s\"}"
                .formatted(code.wire(), code.title(), status, code.wire());
    }
}
