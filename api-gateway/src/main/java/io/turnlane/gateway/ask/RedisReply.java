package io.turnlane.gateway.ask;

import io.turnlane.model.RequestId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.data.redis.core.script.RedisScript;

/** A script's reply: a word, and what belongs to it. */
record RedisReply(List<?> parts) {

    /** A script that replies with a list; it is read with the scripts that it shares code with before it. */
    @SuppressWarnings("rawtypes") // a Lua table's type
    static RedisScript<List> script(String... names) {
        return RedisScript.of(source(names), List.class);
    }

    /** The same for one that replies with a word. */
    static RedisScript<String> word(String... names) {
        return RedisScript.of(source(names), String.class);
    }

    /** The same for one that replies with a number. */
    static RedisScript<Long> number(String... names) {
        return RedisScript.of(source(names), Long.class);
    }

    private static String source(String... names) {
        StringBuilder source = new StringBuilder();
        for (String name : names) {
            Resource lua = new ClassPathResource(name, RedisReply.class);
            try {
                source.append(lua.getContentAsString(StandardCharsets.UTF_8)).append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return source.toString();
    }

    static RedisReply of(@Nullable List<?> parts) {
        return new RedisReply(Objects.requireNonNull(parts, "a script's reply"));
    }

    String word() {
        return text(0);
    }

    String text(int index) {
        Object value = parts.get(index);
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }

    long number(int index) {
        return Long.parseLong(text(index));
    }

    RequestId requestId(int index) {
        return RequestId.parse(text(index));
    }
}
