package io.turnlane.processor.rebuild;

import io.lettuce.core.cluster.SlotHash;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.MemoryUnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Markers as keys in Redis, one in each sixteenth of a cluster's slots: of up to 16 masters with equal shares each
 * holds one, so that none can lose its memory unnoticed. One {@code MGET} reads all. A Redis that was killed comes back
 * with its markers and without its last writes: so the {@code run_id} of each master's process counts, too, and a
 * replica that was promoted before it had all is seen as well. Safe for threads.
 */
public final class RedisLossMarkers implements LossMarkers {

    private static final int MARKERS = 16;

    private static final List<String> KEYS =
            IntStream.range(0, MARKERS).mapToObj(RedisLossMarkers::keyOf).toList();

    private final StringRedisTemplate redis;
    private final String turnsTopic;
    private final WireFormat wire;

    public RedisLossMarkers(StringRedisTemplate redis, String turnsTopic, WireFormat wire) {
        this.redis = redis;
        this.turnsTopic = turnsTopic;
        this.wire = wire;
    }

    /** The first number whose slot lies in this sixteenth is its hash tag, the same for every processor. */
    private static String keyOf(int sixteenth) {
        int share = SlotHash.SLOT_COUNT / MARKERS;
        return IntStream.iterate(0, tag -> tag + 1)
                .filter(tag -> SlotHash.getSlot(Integer.toString(tag)) / share == sixteenth)
                .mapToObj(tag -> MemoryKeys.marker(Integer.toString(tag)))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public MarkerState readOrCreate(Collection<Integer> partitions) {
        try {
            List<@Nullable String> values = read(partitions);
            if (values.subList(0, MARKERS).contains(null)) {
                makeMissing(values);
                values = read(partitions); // somebody else may have been faster
            }
            return marks(List.copyOf(partitions), values, processes());
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("Redis did not show its markers", e);
        }
    }

    private List<@Nullable String> read(Collection<Integer> partitions) {
        List<String> keys = new ArrayList<>(KEYS);
        partitions.forEach(partition -> keys.add(MemoryKeys.lastRebuild(turnsTopic, partition)));
        return new ArrayList<>(Objects.requireNonNull(redis.opsForValue().multiGet(keys)));
    }

    private void makeMissing(List<@Nullable String> values) {
        for (int i = 0; i < MARKERS; i++) {
            if (values.get(i) == null) {
                redis.opsForValue().setIfAbsent(KEYS.get(i), UUID.randomUUID().toString());
            }
        }
    }

    private List<String> processes() {
        try {
            return Objects.requireNonNull(redis.execute(
                    (RedisCallback<List<String>>) connection -> connection instanceof RedisClusterConnection cluster
                            ? masters(cluster)
                            : List.of(runId(connection.serverCommands().info("server")))));
        } catch (DataAccessException e) {
            if (isRefused(e)) {
                return List.of("");
            }
            throw e;
        }
    }

    /** By Redis' access rules: a user may have been given the keys and no look at the server. */
    private static boolean isRefused(DataAccessException e) {
        return String.valueOf(e.getMostSpecificCause().getMessage()).startsWith("NOPERM");
    }

    private static List<String> masters(RedisClusterConnection cluster) {
        List<String> ids = new ArrayList<>();
        for (RedisClusterNode node : cluster.clusterGetNodes()) {
            if (node.isMaster() && !node.getSlotRange().getSlots().isEmpty() && !node.isMarkedAsFail()) {
                ids.add(runId(cluster.serverCommands().info(node, "server")));
            }
        }
        ids.sort(null);
        return ids;
    }

    /**
     * Empty where a proxy hides it, as where it is refused: then restarts go unnoticed, and only losses of markers are
     * seen.
     */
    private static String runId(@Nullable Properties info) {
        return info == null ? "" : info.getProperty("run_id", "");
    }

    private MarkerState marks(List<Integer> partitions, List<@Nullable String> values, List<String> processes) {
        Map<Integer, String> whole = new HashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            String digest = digestIn(values.get(MARKERS + i));
            if (digest != null) {
                whole.put(partitions.get(i), digest);
            }
        }
        return new MarkerState(digestOf(values.subList(0, MARKERS)) + "." + digestOf(processes), whole);
    }

    private @Nullable String digestIn(@Nullable String json) {
        try {
            return json == null
                    ? null
                    : wire.read(json.getBytes(StandardCharsets.UTF_8), RebuildReport.class)
                            .digest();
        } catch (UnreadableRecordException e) {
            return null; // then it isn't known
        }
    }

    private static String digestOf(List<? extends @Nullable String> values) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(String.join(
                                    " ", values.stream().map(String::valueOf).toList())
                            .getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void storeIntact(RebuildReport report) {
        try {
            redis.opsForValue()
                    .set(
                            MemoryKeys.lastRebuild(turnsTopic, report.partition()),
                            new String(wire.writeValue(report), StandardCharsets.UTF_8));
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("Redis did not note that a partition is whole", e);
        }
    }
}
