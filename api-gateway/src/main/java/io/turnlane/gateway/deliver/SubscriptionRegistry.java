package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Who wants which session's events here. The map holds exactly the sessions that somebody wants, so a record of another
 * one costs a look-up.
 *
 * <p>Threading: any thread adds and removes; the follower looks up. The arrays are never changed in place.
 */
final class SubscriptionRegistry {

    private static final Subscription[] NOBODY = {};

    private final ConcurrentHashMap<String, Subscription[]> wanted = new ConcurrentHashMap<>();
    private final Set<Outbox> outboxes = ConcurrentHashMap.newKeySet();

    /**
     * From now on the follower offers it what it reads. One whose client closed it meanwhile doesn't stay: a reader may
     * add it after the client removed it, but closing comes first, so that one of the two sees the other.
     */
    void add(Subscription subscription) {
        wanted.merge(key(subscription), new Subscription[] {subscription}, (present, one) -> {
            if (Arrays.asList(present).contains(subscription)) {
                return present;
            }
            Subscription[] more = Arrays.copyOf(present, present.length + 1);
            more[present.length] = one[0];
            return more;
        });
        if (subscription.isClosed()) {
            remove(subscription);
        }
    }

    void remove(Subscription subscription) {
        wanted.computeIfPresent(key(subscription), (_, present) -> {
            Subscription[] rest =
                    Stream.of(present).filter(s -> s != subscription).toArray(Subscription[]::new);
            return rest.length == 0 ? null : rest;
        });
    }

    /** Who wants the session of this key. */
    Subscription[] subscriptionsOf(String key) {
        return wanted.getOrDefault(key, NOBODY);
    }

    Stream<Subscription> onPartition(int partition) {
        return wanted.values().stream().flatMap(Arrays::stream).filter(s -> s.partition() == partition);
    }

    void addOutbox(Outbox outbox) {
        outboxes.add(outbox);
    }

    void removeOutbox(Outbox outbox) {
        outboxes.remove(outbox);
    }

    int clients() {
        return outboxes.size();
    }

    int sessions() {
        return wanted.size();
    }

    void closeAll(DisconnectReason why) {
        outboxes.forEach(outbox -> outbox.close(why));
    }

    private static String key(Subscription subscription) {
        return subscription.session().toString();
    }
}
