package io.turnlane.gateway.problem;

import io.turnlane.gateway.breaker.BreakerOpenException;
import io.turnlane.gateway.deliver.EventsUnavailableException;
import io.turnlane.model.ErrorCode;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Any exception as the refusal that a client may see; what it may not see goes to the log. */
@Component
public final class ProblemMapper {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    public ProblemDetailException map(Exception thrown) {
        return switch (thrown) {
            case ProblemDetailException refusal -> noted(refusal);
            case DataAccessException away ->
                noted(new ProblemDetailException(ErrorCode.UNAVAILABLE, "memory is away at the moment", away));
            // What Tomcat can't decode, it throws where somebody first asks for a parameter.
            case InvalidParameterException _ ->
                ProblemDetailException.invalid("the query is not valid percent-encoded UTF-8");
            case EventsUnavailableException away ->
                new ProblemDetailException(ErrorCode.UNAVAILABLE, String.valueOf(away.getMessage()));
            default -> {
                LOG.atError()
                        .setMessage("call failed")
                        .addKeyValue("call_id", MDC.get("call_id"))
                        .setCause(thrown)
                        .log();
                yield new ProblemDetailException(ErrorCode.INTERNAL_ERROR, "The call failed; the log knows why.");
            }
        };
    }

    private static String rootOf(Throwable cause) {
        return NestedExceptionUtils.getMostSpecificCause(cause).toString();
    }

    private static ProblemDetailException noted(ProblemDetailException refusal) {
        if (refusal.getCause() != null) {
            // While the breaker is open, it has said so once for all calls.
            LOG.atLevel(refusal.getCause() instanceof BreakerOpenException ? Level.DEBUG : Level.WARN)
                    .setMessage("call refused")
                    .addKeyValue("call_id", MDC.get("call_id"))
                    .addKeyValue("code", refusal.code().wire())
                    .addKeyValue("cause", rootOf(refusal.getCause()))
                    .log();
        }
        return refusal;
    }
}
