package io.turnlane.store.memory;

import io.turnlane.model.SessionKey;
import io.turnlane.store.KeyScan;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Finds unended requests of all sessions by a {@linkplain KeyScan scan}. Thread-safe. */
public final class RedisUnendedRequests implements UnendedRequests {

    private static final Script UNENDED = FencedScripts.load("unended");

    private final KeyScan scan;
    private final FencedScripts scripts;

    public RedisUnendedRequests(StringRedisTemplate redis) {
        this.scan = new KeyScan(redis);
        this.scripts = new FencedScripts(redis);
    }

    @Override
    public List<UnendedRequest> find(Predicate<SessionKey> sessions) {
        List<UnendedRequest> found = new ArrayList<>();
        for (SessionKey session : sessions()) {
            if (sessions.test(session)) {
                addUnended(session, found);
            }
        }
        return found;
    }

    /** Returns the sessions that have request records. The result is a set, because a scan can return a key twice. */
    private Set<SessionKey> sessions() {
        Set<SessionKey> sessions = new LinkedHashSet<>();
        try {
            scan.forEach(MemoryKeys.requestIdsPattern(null), group -> {
                sessions.addAll(group);
                return true;
            });
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("the scan of the sessions in Redis failed", e);
        }
        return sessions;
    }

    private void addUnended(SessionKey session, List<UnendedRequest> into) {
        MemoryKeys keys = new MemoryKeys(session);
        Reply reply = scripts.run(UNENDED, List.of(keys.requestIds()), keys.requestPrefix());
        for (int i = 1; i < reply.size(); i += 3) {
            into.add(new UnendedRequest(
                    session, reply.requestId(i), reply.text(i + 1), Instant.ofEpochMilli(reply.wholeNumber(i + 2))));
        }
    }
}
