package io.turnlane.gateway.guard.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.limit.RedisUserTurns;
import io.turnlane.store.limit.RedisUserTurns.CountedTurn;
import io.turnlane.store.limit.RedisUserTurns.Reservation;
import io.turnlane.store.limit.UsageBudget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Limit on the open turns of each user, at all gateways together. Commands that change sessions count as turns. If
 * Redis is unavailable, this class rejects no question.
 *
 * <p>Safe for use by any number of threads.
 */
public record UserTurns(UserLimits rules, RedisUserTurns turns, UserBudget budget, MeterRegistry metrics) {

    private static final Logger LOG = LoggerFactory.getLogger(UserTurns.class);

    /**
     * Reserves an open turn, unless the user has the maximum number of open turns or has used the budget of the day.
     *
     * @param extra number of open turns by which this turn may exceed the maximum
     */
    public Reservation reserve(@Nullable String userId, SessionKey session, RequestId turn, int extra) {
        Caller user = new Caller(userId);
        try {
            if (isLimited(userId)) {
                return turns.reserve(new CountedTurn(session, turn, 0), extra, budget.of(user));
            }
            return budget.isSpent(user) ? Reservation.SPENT : Reservation.RESERVED;
        } catch (DataAccessException away) {
            LOG.debug("open turns and usage of the user not counted: {}", away.toString());
            return Reservation.RESERVED;
        }
    }

    /**
     * Reserves an open command. If Redis is unavailable, throws a data access exception, because commands need Redis.
     *
     * @param bytes bytes that the command occupies until it is done
     * @param extra number of open turns by which this command may exceed the maximum
     * @throws ProblemDetailException with code {@code rate_limited} if the user has the maximum number of open turns,
     *     or if the user's open commands would hold too many bytes
     */
    public void reserveCommand(@Nullable String userId, SessionKey session, RequestId command, long bytes, int extra) {
        if (isLimited(userId)
                && turns.reserve(new CountedTurn(session, command, bytes), extra, UsageBudget.NONE)
                        == Reservation.FULL) {
            LimitMetrics.count(metrics, "open-turns");
            throw new ProblemDetailException(
                    ErrorCode.RATE_LIMITED,
                    "You already have " + turns.maxOpenTurns() + " open turns and commands, the maximum, or your open "
                            + "imports and forks are too large together. Wait until one ends.");
        }
    }

    /**
     * Counts a rejection in the metrics and returns it for the caller to throw.
     *
     * @param reservation reason of the rejection
     */
    public ProblemDetailException limitReached(Reservation reservation) {
        if (reservation == Reservation.SPENT) {
            LimitMetrics.count(metrics, "budget");
            return budget.exhausted();
        }
        LimitMetrics.count(metrics, "open-turns");
        return new ProblemDetailException(
                ErrorCode.RATE_LIMITED,
                "You already have " + turns.maxOpenTurns() + " open turns, the maximum. Wait until one ends.");
    }

    /** Releases the reservation of a turn that was not accepted. */
    public void release(@Nullable String userId, SessionKey session, RequestId turn) {
        release(userId, new CountedTurn(session, turn, 0));
    }

    /** Releases the reservation of a command that was not published. */
    public void releaseCommand(@Nullable String userId, SessionKey session, RequestId command, long bytes) {
        release(userId, new CountedTurn(session, command, bytes));
    }

    private void release(@Nullable String userId, CountedTurn turn) {
        try {
            if (isLimited(userId)) {
                turns.release(turn);
            }
        } catch (DataAccessException away) {
            // The reservation stays. Once it is a minute old, the next call that finds the set full removes it.
            LOG.debug("reservation of an open turn not released: {}", away.toString());
        }
    }

    private boolean isLimited(@Nullable String userId) {
        return rules.openTurns() > 0 && rules.appliesTo(new Caller(userId));
    }
}
