package io.turnlane.gateway.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * How many turns one user may have open, through all gateways together. While Redis is away it isn't known and nobody
 * is refused: what bounds each session and all together goes on.
 *
 * <p>Safe for use by any number of threads.
 */
public final class UserTurns {

    private static final Logger LOG = LoggerFactory.getLogger(UserTurns.class);

    private final UserLimits rules;
    private final RedisUserTurns turns;
    private final MeterRegistry metrics;

    public UserTurns(UserLimits rules, RedisUserTurns turns, MeterRegistry metrics) {
        this.rules = rules;
        this.turns = turns;
        this.metrics = metrics;
    }

    /** False where this user has as many open as may be. */
    public boolean reserve(@Nullable String userId, SessionKey session, RequestId turn) {
        try {
            return !bounded(userId) || turns.reserve(session, turn);
        } catch (DataAccessException away) {
            LOG.debug("user's turns not counted: {}", away.toString());
            return true;
        }
    }

    /** What a user is told who has as many open as may be. */
    public ProblemDetailException limitReached() {
        LimitMetrics.count(metrics, "open-turns");
        return new ProblemDetailException(
                ErrorCode.RATE_LIMITED, "you have " + turns.maxOpenTurns() + " turns open already");
    }

    /** The turn was not accepted after all. */
    public void release(@Nullable String userId, SessionKey session, RequestId turn) {
        try {
            if (bounded(userId)) {
                turns.release(session, turn);
            }
        } catch (DataAccessException away) {
            // It counts until somebody looks, a minute from now at the earliest.
            LOG.debug("user's turn not given back: {}", away.toString());
        }
    }

    private boolean bounded(@Nullable String userId) {
        return rules.openTurns() > 0 && rules.appliesTo(new Caller(userId));
    }
}
