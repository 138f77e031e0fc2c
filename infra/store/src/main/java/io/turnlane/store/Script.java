package io.turnlane.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.data.redis.core.script.DigestUtils;

/**
 * Lua script. Scripts use only commands of Redis 6.2, and reply with a list.
 *
 * @param sha1 hash by which Redis knows the script
 */
public record Script(String text, String sha1) {

    /**
     * Loads a script: the text of {@code common.lua}, followed by the named parts. The parts are copied into each
     * script, because scripts of Redis 6.2 can't share functions.
     *
     * @param owner class in whose package the parts are
     * @param names names of the parts, in their order
     */
    public static Script load(Class<?> owner, String... names) {
        StringBuilder text = new StringBuilder(read(Script.class, "common"));
        for (String name : names) {
            text.append(read(owner, name));
        }
        return new Script(text.toString(), DigestUtils.sha1DigestAsHex(text.toString()));
    }

    private static String read(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name + ".lua")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
