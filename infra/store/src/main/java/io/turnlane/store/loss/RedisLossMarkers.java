package io.turnlane.store.loss;

import io.lettuce.core.cluster.SlotHash;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.Sha256;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import java.nio.charset.StandardCharsets;
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
 * Loss markers as 16 keys in Redis. The hash slots of a cluster are divided into 16 ranges of equal size, and there is
 * one marker in each range. In a cluster of up to 16 masters with equal numbers of slots, each master holds at least
 * one marker, so the loss of any master's data is detected. One {@code MGET} reads all markers. A Redis that was killed
 * starts again with its markers but without its last writes. The digest of the markers therefore also includes the
 * {@code run_id} of each master's process, which is different after every start. The digest also changes if a replica
 * becomes master, possibly without the last writes. Thread-safe.
 */
public record RedisLossMarkers(StringRedisTemplate redis, String turnsTopic, WireFormat wire) implements LossMarkers {

    private static final int MARKERS = 16;

    private static final List<String> KEYS =
            IntStream.range(0, MARKERS).mapToObj(RedisLossMarkers::keyOf).toList();

    /**
     * Returns the key of the marker in one of the 16 ranges of hash slots. The hash tag of the key is the lowest number
     * whose slot is in the range.
     */
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
                createMissing(values);
                values = read(partitions); // another processor may have created them first
            }
            return marks(List.copyOf(partitions), values, runIds());
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("reading the loss markers from Redis failed", e);
        }
    }

    private List<@Nullable String> read(Collection<Integer> partitions) {
        List<String> keys = new ArrayList<>(KEYS);
        partitions.forEach(partition -> keys.add(MemoryKeys.lastRebuild(turnsTopic, partition)));
        return new ArrayList<>(Objects.requireNonNull(redis.opsForValue().multiGet(keys)));
    }

    private void createMissing(List<@Nullable String> values) {
        for (int i = 0; i < MARKERS; i++) {
            if (values.get(i) == null) {
                redis.opsForValue().setIfAbsent(KEYS.get(i), UUID.randomUUID().toString());
            }
        }
    }

    private List<String> runIds() {
        try {
            return Objects.requireNonNull(redis.execute(
                    (RedisCallback<List<String>>) connection -> connection instanceof RedisClusterConnection cluster
                            ? masters(cluster)
                            : List.of(runId(connection.serverCommands().info("server")))));
        } catch (DataAccessException e) {
            if (isDenied(e)) {
                return List.of("");
            }
            throw e;
        }
    }

    /** Returns true if Redis denied a command, for example INFO, because the Redis user lacks the right. */
    private static boolean isDenied(DataAccessException e) {
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
     * Returns the id of the Redis process, or an empty text if a proxy hides it. Without the id, lost markers are
     * detected, but restarts are not.
     */
    private static String runId(@Nullable Properties info) {
        return info == null ? "" : info.getProperty("run_id", "");
    }

    private MarkerState marks(List<Integer> partitions, List<@Nullable String> values, List<String> runIds) {
        Map<Integer, String> intact = new HashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            String digest = reportedDigest(values.get(MARKERS + i));
            if (digest != null) {
                intact.put(partitions.get(i), digest);
            }
        }
        return new MarkerState(digestOf(values.subList(0, MARKERS)) + "." + digestOf(runIds), intact);
    }

    private @Nullable String reportedDigest(@Nullable String json) {
        try {
            return json == null
                    ? null
                    : wire.read(json.getBytes(StandardCharsets.UTF_8), RebuildReport.class)
                            .digest();
        } catch (UnreadableRecordException e) {
            return null; // the partition then counts as not intact
        }
    }

    private static String digestOf(List<? extends @Nullable String> values) {
        String all = String.join(" ", values.stream().map(String::valueOf).toList());
        byte[] digest = Sha256.of(all.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest).substring(0, 16);
    }

    @Override
    public void storeIntact(RebuildReport report) {
        try {
            redis.opsForValue()
                    .set(
                            MemoryKeys.lastRebuild(turnsTopic, report.partition()),
                            new String(wire.writeValue(report), StandardCharsets.UTF_8));
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("storing a partition's intact state in Redis failed", e);
        }
    }
}
