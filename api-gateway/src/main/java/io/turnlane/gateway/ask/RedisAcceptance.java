package io.turnlane.gateway.ask;

import io.turnlane.model.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** The accept script and its undoing. All keys share the session's hash tag. */
public final class RedisAcceptance implements Acceptance {

    @SuppressWarnings("rawtypes") // a Lua table's type
    private static final RedisScript<List> ACCEPT =
            RedisScript.of(new ClassPathResource("accept.lua", RedisAcceptance.class), List.class);

    private static final RedisScript<Long> UNDO =
            RedisScript.of(new ClassPathResource("undo_accept.lua", RedisAcceptance.class), Long.class);

    private final StringRedisTemplate redis;
    private final int mostOpenTurns;
    private final Duration resultRetention;

    public RedisAcceptance(StringRedisTemplate redis, int mostOpenTurns, Duration resultRetention) {
        this.redis = redis;
        this.mostOpenTurns = mostOpenTurns;
        this.resultRetention = resultRetention;
    }

    @Override
    public Outcome accept(PreparedTurn turn, String defaultAgent) {
        List<?> reply = redis.execute(
                ACCEPT,
                keys(turn),
                Long.toString(turn.createdAt().toEpochMilli()),
                turn.requestId().toString(),
                turn.session().sessionId().toString(),
                orEmpty(turn.userId()),
                orEmpty(turn.agent()),
                defaultAgent,
                turn.question(),
                Long.toString(turn.eventsFrom()),
                Long.toString(turn.sessionTtl().toMillis()),
                Long.toString(resultRetention.toMillis()),
                Integer.toString(mostOpenTurns));
        return outcome(Objects.requireNonNull(reply, "a script's reply"));
    }

    private static Outcome outcome(List<?> reply) {
        return switch (text(reply, 0)) {
            case "accepted" ->
                new Accepted(
                        text(reply, 1),
                        number(reply, 2),
                        Duration.ofMillis(Long.parseLong(text(reply, 3))),
                        number(reply, 4) == 1);
            case "full" -> new Full(number(reply, 1));
            case String other -> throw new IllegalStateException("accept.lua said " + other);
        };
    }

    @Override
    public void undo(PreparedTurn turn, Accepted accepted) {
        redis.execute(UNDO, keys(turn), turn.requestId().toString(), accepted.newSession() ? "1" : "0");
    }

    private static List<String> keys(PreparedTurn turn) {
        MemoryKeys keys = new MemoryKeys(turn.session());
        return List.of(keys.context(), keys.request(turn.requestId()), keys.open(), keys.requests(), keys.history());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String text(List<?> reply, int index) {
        Object value = reply.get(index);
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }

    private static int number(List<?> reply, int index) {
        return Integer.parseInt(text(reply, index));
    }
}
