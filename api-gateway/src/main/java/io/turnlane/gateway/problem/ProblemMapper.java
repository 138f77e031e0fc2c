package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import io.turnlane.store.DamagedRecordException;
import io.turnlane.store.session.LostHistoryException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Maps exceptions to problems for the client. Details that the client must not see are logged instead. */
@Component
public final class ProblemMapper {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);

    /** Returns the problem for an exception, and logs the exception if it has details that the client must not see. */
    public ProblemDetailException map(Exception thrown) {
        return switch (thrown) {
            case ProblemDetailException rejection -> logged(rejection);
            case DataAccessException away ->
                logged(new ProblemDetailException(
                        ErrorCode.UNAVAILABLE, "Session memory is unavailable at the moment. Retry later.", away));
            // Tomcat throws this exception if it cannot decode the query of the URL, at the first access to a
            // parameter.
            case InvalidParameterException _ ->
                ProblemDetailException.invalid("The query string is not valid percent-encoded UTF-8.");
            case DamagedRecordException damaged ->
                logged(new ProblemDetailException(
                        ErrorCode.INTERNAL_ERROR, String.valueOf(damaged.getMessage()), damaged.requestId(), damaged));
            case LostHistoryException lost ->
                new ProblemDetailException(ErrorCode.UNAVAILABLE, String.valueOf(lost.getMessage()));
            case EventsUnavailableException away ->
                new ProblemDetailException(ErrorCode.UNAVAILABLE, String.valueOf(away.getMessage()));
            default -> {
                LOG.atError()
                        .addKeyValue("call_id", MDC.get("call_id"))
                        .setCause(thrown)
                        .log("call failed");
                yield new ProblemDetailException(
                        ErrorCode.INTERNAL_ERROR,
                        "The call failed because of an internal error. The log of the gateway has the details.");
            }
        };
    }

    private static String rootOf(Throwable cause) {
        return NestedExceptionUtils.getMostSpecificCause(cause).toString();
    }

    private static ProblemDetailException logged(ProblemDetailException rejection) {
        if (rejection.getCause() != null) {
            // The breaker logged a warning when it opened, so its rejections are logged at debug level only.
            LOG.atLevel(rejection.getCause() instanceof BreakerOpenException ? Level.DEBUG : Level.WARN)
                    .addKeyValue("call_id", MDC.get("call_id"))
                    .addKeyValue("code", rejection.code().wire())
                    .addKeyValue("cause", rootOf(rejection.getCause()))
                    .log("call rejected");
        }
        return rejection;
    }
}
