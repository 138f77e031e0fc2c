package io.turnlane.store.fleet;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of the last minute, computed from counters that only grow. The counters are read about once a second. For use
 * by one thread.
 */
public final class RecentCounts {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long RATE_PERIOD = Duration.ofSeconds(10).toNanos();

    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, Map<String, Long> counters) {

        long get(String name) {
            return counters.getOrDefault(name, 0L);
        }
    }

    /**
     * Adds the current values of the counters. A counter that was absent before counts from 0.
     *
     * @param nanos time in ns that never jumps
     */
    public void add(long nanos, Map<String, Long> counters) {
        readings.addLast(new Reading(nanos, Map.copyOf(counters)));
        while (nanos - readings.getFirst().nanos() > MINUTE) {
            readings.removeFirst();
        }
    }

    /** Returns the counts of the last minute that are not zero, by the names of their counters. */
    public Map<String, Long> lastMinute() {
        Map<String, Long> counts = new TreeMap<>();
        if (!readings.isEmpty()) {
            Reading first = readings.getFirst();
            readings.getLast().counters().forEach((name, now) -> {
                if (now > first.get(name)) {
                    counts.put(name, now - first.get(name));
                }
            });
        }
        return counts;
    }

    /** Returns the increase of a counter each second, over the last 10 s; 0 until there are two readings. */
    public double perSecond(String name) {
        if (readings.size() < 2) {
            return 0;
        }
        Reading last = readings.getLast();
        Reading first = readings.stream()
                .filter(reading -> last.nanos() - reading.nanos() <= RATE_PERIOD)
                .findFirst()
                .filter(reading -> !reading.equals(last))
                .orElseGet(readings::getFirst);
        return (last.get(name) - first.get(name)) * 1e9 / (last.nanos() - first.nanos());
    }
}
