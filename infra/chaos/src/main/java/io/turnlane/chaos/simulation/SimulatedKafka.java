package io.turnlane.chaos.simulation;

import io.turnlane.model.Priority;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The turns topic and the consumer group of a simulation. The group removes a member that was frozen for longer than
 * the session timeout. A partition gets its new owner after the previous owner has given it up or was removed.
 */
final class SimulatedKafka {

    static final String TOPIC = "turns";
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);
    private static final WireFormat WIRE = new WireFormat();

    /** Member of the consumer group. */
    interface GroupMember {

        /** Ends the wait for records. */
        void wake();

        /** Returns the time since the last heartbeat. A process sends heartbeats unless it is frozen or dead. */
        Duration silentFor();
    }

    private final VirtualTime time;
    private final Random random;
    private final SimulatedHistory history;
    private final SimulationJournal journal;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> logs = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final Map<TopicPartition, GroupMember> owners = new HashMap<>();
    private final Map<TopicPartition, GroupMember> targets = new HashMap<>();
    private final List<GroupMember> members = new ArrayList<>();

    SimulatedKafka(
            VirtualTime time, Random random, SimulatedHistory history, SimulationJournal journal, int partitionCount) {
        this.time = time;
        this.random = random;
        this.history = history;
        this.journal = journal;
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(new TopicPartition(TOPIC, i));
            logs.put(partitions.get(i), new ArrayList<>());
        }
    }

    List<TopicPartition> partitions() {
        return partitions;
    }

    /** Appends a question, with the headers that a gateway writes. */
    void append(Ask ask) {
        byte[] key = ask.key().toString().getBytes(StandardCharsets.UTF_8);
        int number = Utils.toPositive(Utils.murmur2(key)) % partitions.size();
        TopicPartition partition = partitions.get(number);
        List<ConsumerRecord<byte[], byte[]>> log = log(partition);
        byte[] value = WIRE.write(ask);
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        addHeaders(headers, ask);
        log.add(new ConsumerRecord<>(
                TOPIC,
                number,
                log.size(),
                time.instant().toEpochMilli(),
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty()));
        history.logged(ask, number, log.size() - 1);
        members.forEach(GroupMember::wake);
    }

    private static void addHeaders(Headers headers, Ask ask) {
        put(headers, RecordHeaders.TYPE, ask.type());
        put(headers, RecordHeaders.REQUEST_ID, ask.requestId().toString());
        put(headers, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        put(headers, RecordHeaders.EVENTS_FROM, "0");
        put(headers, RecordHeaders.AGENT, ask.agent());
        if (ask.policy() != TurnPolicy.ENQUEUE) {
            put(headers, RecordHeaders.POLICY, ask.policy().wire());
        }
        if (ask.priority() != Priority.NORMAL) {
            put(headers, RecordHeaders.PRIORITY, ask.priority().wire());
        }
        if (ask.deadline() != null) {
            long at = ask.createdAt().plus(ask.deadline()).toEpochMilli();
            put(headers, RecordHeaders.DEADLINE, Long.toString(at));
        }
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    List<ConsumerRecord<byte[], byte[]>> log(TopicPartition partition) {
        return logs.getOrDefault(partition, List.of());
    }

    /** Returns true if every record is complete and committed. */
    boolean isDone() {
        return partitions.stream()
                .allMatch(partition ->
                        committedOffset(partition) == log(partition).size());
    }

    long committedOffset(TopicPartition partition) {
        OffsetAndMetadata offset = committed.get(partition);
        return offset == null ? 0 : offset.offset();
    }

    @Nullable
    OffsetAndMetadata committed(TopicPartition partition) {
        return committed.get(partition);
    }

    /** Stores the offset if the member owns the partition. Returns false otherwise. */
    boolean commit(GroupMember member, TopicPartition partition, OffsetAndMetadata offset) {
        if (!member.equals(owners.get(partition)) || !members.contains(member)) {
            journal.add(member, "may not commit", partition, offset.offset());
            return false;
        }
        journal.add(member, "commits", partition, offset.offset(), "with fence", offset.metadata());
        committed.put(partition, offset);
        history.committed(partition.partition(), offset.offset());
        return true;
    }

    void join(GroupMember member) {
        members.add(member);
        rebalance();
    }

    void leave(GroupMember member) {
        members.remove(member);
        owners.values().removeIf(member::equals);
        rebalance();
    }

    boolean isMember(GroupMember member) {
        return members.contains(member);
    }

    List<TopicPartition> targetOf(GroupMember member) {
        return partitions.stream()
                .filter(partition -> member.equals(targets.get(partition)))
                .toList();
    }

    /** Makes the member the owner of a partition that nobody owns. Returns false if another member owns it. */
    boolean acquire(GroupMember member, TopicPartition partition) {
        boolean free = owners.putIfAbsent(partition, member) == null;
        if (free) {
            journal.add(member, "receives", partition, "from", committedOffset(partition));
        }
        return free;
    }

    void release(GroupMember member, TopicPartition partition) {
        journal.add(member, "gives up", partition);
        owners.remove(partition, member);
        members.forEach(GroupMember::wake);
    }

    /** Assigns the partitions to random members. */
    void rebalance() {
        targets.clear();
        if (!members.isEmpty()) {
            partitions.forEach(partition -> targets.put(partition, members.get(random.nextInt(members.size()))));
        }
        members.forEach(GroupMember::wake);
    }

    /** Removes members that sent no heartbeat for the session timeout. */
    void removeSilentMembers() {
        for (GroupMember member : List.copyOf(members)) {
            if (member.silentFor().compareTo(SESSION_TIMEOUT) >= 0) {
                journal.add("group", "removes", member);
                leave(member);
            }
        }
    }
}
