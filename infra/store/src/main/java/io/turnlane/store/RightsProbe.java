package io.turnlane.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;

/**
 * Finds commands that the Redis user is not allowed to run. Without this check, a missing right would appear only when
 * a script first needs the command.
 */
final class RightsProbe {

    /**
     * Commands of the scripts and of the Java code, with arguments for a key that contains a string. Commands for other
     * types of values then fail without a change. The last two delete the key.
     */
    static final List<String> COMMANDS = List.of(
            "EXISTS",
            "GET",
            "HDEL f",
            "HEXISTS f",
            "HGET f",
            "HGETALL",
            "HINCRBY f 1",
            "HMGET f",
            "HSET f v",
            "HSETNX f v",
            "LLEN",
            "LPOP",
            "LRANGE 0 0",
            "MGET",
            "PEXPIRE 60000",
            "PTTL",
            "RPUSH v",
            "SADD v",
            "SCARD",
            "SET 1 EX 60",
            "SREM v",
            "ZADD 1 m",
            "ZCARD",
            "ZRANGE 0 0",
            "ZRANGEBYSCORE 0 0",
            "ZRANK m",
            "ZREM m",
            "ZREMRANGEBYRANK 0 0",
            "ZREMRANGEBYSCORE 0 0",
            "ZREVRANGE 0 0",
            "ZSCORE m",
            "GETDEL",
            "DEL");

    /**
     * Runs the commands in {@code ARGV} and returns those that Redis denies. Redis 6.2 and 7 have different messages,
     * and Valkey has those of Redis 7.
     */
    private static final byte[] SCRIPT = """
            local denials = { "can't run this command", "can't access at least one of the keys", 'ACL failure', 'NOPERM' }
            redis.pcall('SET', KEYS[1], 1, 'EX', 60)
            local missing = {}
            for _, line in ipairs(ARGV) do
              local words = {}
              for word in string.gmatch(line, '%S+') do
                words[#words + 1] = word
              end
              table.insert(words, 2, KEYS[1])
              local reply = redis.pcall(unpack(words))
              local failure = type(reply) == 'table' and reply.err or ''
              for _, denial in ipairs(denials) do
                if string.find(failure, denial, 1, true) then
                  missing[#missing + 1] = words[1]
                  break
                end
              end
            end
            return missing
            """.getBytes(StandardCharsets.UTF_8);

    private RightsProbe() {}

    /** Returns the names of the commands that Redis denies, sorted; empty if it allows all. */
    static Set<String> missing(RedisConnection connection, byte[] key) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(key);
        COMMANDS.forEach(command -> arguments.add(command.getBytes(StandardCharsets.UTF_8)));
        List<?> denied = Objects.requireNonNull(connection
                .scriptingCommands()
                .<List<?>>eval(SCRIPT, ReturnType.MULTI, 1, arguments.toArray(byte[][]::new)));
        Set<String> missing = new TreeSet<>();
        denied.forEach(name -> missing.add(new String((byte[]) name, StandardCharsets.UTF_8)));
        return missing;
    }
}
