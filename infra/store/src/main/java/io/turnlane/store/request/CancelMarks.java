package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import java.util.List;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Marks request records as cancelled, with one script call each. Methods throw a data access exception if Redis is
 * unavailable.
 */
public final class CancelMarks {

    private static final Script MARK = Script.load(CancelMarks.class, "mark_cancelled");

    private final RedisScripts scripts;

    public CancelMarks(StringRedisTemplate redis) {
        this.scripts = new RedisScripts(redis);
    }

    public enum Mark {
        UNKNOWN,
        /** The request had already ended. */
        ENDED,
        /** The request is marked and can only end as cancelled. The cancel is possibly not on the turns topic yet. */
        MARKED,
        /** The request is marked and can only end as cancelled, and the cancel is on the turns topic. */
        LOGGED,
        /** The request is a command that changes its session. Such commands can't be cancelled. */
        COMMAND
    }

    /**
     * Marks a request as cancelled. Marking it again has no effect.
     *
     * @param reason reason of the client, or an empty string. The reason of the first call is kept.
     */
    public Mark mark(SessionKey session, RequestId requestId, String reason) {
        Reply reply = run(session, requestId, reason, 0);
        return switch (reply.word()) {
            case "unknown" -> Mark.UNKNOWN;
            case "ended" -> Mark.ENDED;
            case "noted" -> Mark.MARKED;
            case "logged" -> Mark.LOGGED;
            case "change" -> Mark.COMMAND;
            default -> throw reply.unexpected();
        };
    }

    /** Stores that the cancel of a marked request is on the turns topic. */
    public void markLogged(SessionKey session, RequestId requestId) {
        run(session, requestId, "", 1);
    }

    private Reply run(SessionKey session, RequestId requestId, String reason, int logged) {
        return scripts.run(MARK, List.of(new MemoryKeys(session).request(requestId)), reason, logged);
    }
}
