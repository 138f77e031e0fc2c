package io.turnlane.gateway.operations.listing;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestOverview;
import io.turnlane.store.session.SessionOverview;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Filters of a list; a filter that is null or empty selects everything.
 *
 * @param user id of the user
 * @param agent name of the agent, or of the route that chose it
 * @param statuses statuses of requests; {@code open} stands for all that are not terminal
 * @param code code of the error of failed requests
 * @param from earliest last activity of a session, or earliest creation of a request
 * @param to latest time
 */
record Selection(
        @Nullable String user,
        @Nullable SessionId session,
        @Nullable String agent,
        Set<String> statuses,
        @Nullable String code,
        Instant from,
        Instant to) {

    private static final Set<String> OPEN = Set.of("queued", "running", "retrying");

    Selection {
        statuses = Set.copyOf(statuses);
    }

    /** Returns the only session that is possible; null if there can be several. */
    @Nullable
    SessionKey onlySession() {
        return user == null || session == null ? null : SessionKey.of(user, session);
    }

    boolean selects(SessionOverview overview) {
        return isWithin(overview.lastActivity()) && (agent == null || agent.equals(overview.agent()));
    }

    boolean selects(RequestOverview request) {
        boolean ofAgent = agent == null || agent.equals(request.agent()) || agent.equals(request.route());
        boolean inStatus = statuses.isEmpty()
                || statuses.contains(request.status())
                || (statuses.contains("open") && OPEN.contains(request.status()));
        return ofAgent && inStatus && isWithin(request.createdAt()) && (code == null || code.equals(request.code()));
    }

    private boolean isWithin(Instant time) {
        return !time.isBefore(from) && !time.isAfter(to);
    }
}
