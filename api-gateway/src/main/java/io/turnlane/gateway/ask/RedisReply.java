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

/** Reply of a Redis script: a status word, followed by values whose meaning depends on the status word. */
record RedisReply(List<?> parts) {

    /** Returns a script that replies with a list. The script consists of the named files, one after the other. */
    @SuppressWarnings("rawtypes") // type of a Lua table
    static RedisScript<List> listScript(String... names) {
        return RedisScript.of(source(names), List.class);
    }

    /** Like {@link #listScript}, for a script that replies with a text. */
    static RedisScript<String> textScript(String... names) {
        return RedisScript.of(source(names), String.class);
    }

    /** Like {@link #listScript}, for a script that replies with a number. */
    static RedisScript<Long> numberScript(String... names) {
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
        return new RedisReply(Objects.requireNonNull(parts, "reply of a script"));
    }

    String status() {
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
