package io.turnlane.processor.system;

import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.FrontierHolder;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.ProcessorDetail.LaneTurn;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.intake.PartitionState;
import io.turnlane.processor.lane.LaneState;
import io.turnlane.processor.lane.LaneView;
import io.turnlane.processor.turn.Turn;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Survey of the lanes of a processor at one moment: load by agent, the lanes with the oldest turns, and the turns that
 * hold the frontiers of partitions. Takes constant time for each lane, and keeps a bounded number of them. For use by
 * one thread.
 */
final class LaneSurvey implements Consumer<LaneView<SessionKey, Turn>> {

    static final int MAX_LANES = 20;
    static final int MAX_AGENTS = 50;

    private static final Comparator<LaneView<SessionKey, Turn>> BY_AGE =
            Comparator.comparing(lane -> lane.head().loggedAt());

    private final Map<Integer, Long> frontiers;
    private final PriorityQueue<LaneView<SessionKey, Turn>> oldest = new PriorityQueue<>(BY_AGE.reversed());
    private final Map<String, int[]> loads = new HashMap<>(); // by agent: running, waiting
    private final Map<Integer, FrontierHolder> holders = new HashMap<>();
    private @Nullable LaneView<SessionKey, Turn> longestWaiting;

    /** @param partitions partitions whose frontiers may be held by a turn */
    LaneSurvey(Collection<PartitionState> partitions) {
        this.frontiers = partitions.stream()
                .filter(partition -> partition.open() > 0)
                .collect(Collectors.toMap(PartitionState::partition, PartitionState::frontier));
    }

    @Override
    public void accept(LaneView<SessionKey, Turn> lane) {
        Turn head = lane.head();
        int running = lane.state() == LaneState.RUNNING ? 1 : 0;
        int[] load =
                loads.computeIfAbsent(Objects.requireNonNullElse(head.envelope().agent(), ""), _ -> new int[2]);
        load[0] += running;
        load[1] += lane.items() - running;
        if (Long.valueOf(head.offset()).equals(frontiers.get(head.partition()))) {
            holders.put(head.partition(), holder(head));
        }
        if (waitsLonger(lane)) {
            longestWaiting = lane;
        }
        oldest.add(lane);
        if (oldest.size() > MAX_LANES) {
            oldest.remove(); // the youngest
        }
    }

    private static FrontierHolder holder(Turn turn) {
        return new FrontierHolder(turn.session().namespace(), turn.session().sessionId(), turn.requestId());
    }

    private boolean waitsLonger(LaneView<SessionKey, Turn> lane) {
        return lane.firstWaiting() != null
                && (longestWaiting == null || waitsSince(lane).isBefore(waitsSince(longestWaiting)));
    }

    private static Instant waitsSince(LaneView<SessionKey, Turn> lane) {
        return Objects.requireNonNull(lane.firstWaiting()).loggedAt();
    }

    /** Returns the load by agent; the agents with most turns first. */
    List<AgentLoad> agents() {
        return loads.entrySet().stream()
                .map(load -> new AgentLoad(load.getKey(), load.getValue()[0], load.getValue()[1]))
                .sorted(Comparator.comparingInt((AgentLoad load) -> load.running() + load.waiting())
                        .reversed()
                        .thenComparing(AgentLoad::agent))
                .limit(MAX_AGENTS)
                .toList();
    }

    /** Returns the lanes with the oldest turns, oldest first. */
    List<LaneDetail> lanes() {
        return oldest.stream().sorted(BY_AGE).map(LaneSurvey::detail).toList();
    }

    /** Returns the lane of the turn that has waited the longest; null if no turn waits. */
    @Nullable
    LaneDetail longestWaiting() {
        return longestWaiting == null ? null : detail(longestWaiting);
    }

    /** Returns the turn that holds the frontier of this partition; null if no turn in a lane holds it. */
    @Nullable
    FrontierHolder holder(int partition) {
        return holders.get(partition);
    }

    private static LaneDetail detail(LaneView<SessionKey, Turn> lane) {
        Turn waiting = lane.firstWaiting();
        return new LaneDetail(
                lane.key().namespace(),
                lane.key().sessionId(),
                lane.state().name().toLowerCase(Locale.ROOT),
                lane.inState(),
                lane.items(),
                detail(lane.head()),
                waiting == null ? null : detail(waiting));
    }

    private static LaneTurn detail(Turn turn) {
        return new LaneTurn(turn.requestId(), turn.envelope().agent(), turn.loggedAt());
    }
}
