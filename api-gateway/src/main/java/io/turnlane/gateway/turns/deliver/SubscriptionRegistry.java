package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Registry of the subscriptions and outboxes of this gateway. For a record whose session has no subscription, the
 * follower needs only one map lookup.
 *
 * <p>Threading: any thread adds and removes entries, and the follower looks them up.
 */
final class SubscriptionRegistry {

    private static final Subscription[] NONE = {};

    private final ConcurrentHashMap<String, Subscription[]> subscriptions = new ConcurrentHashMap<>();
    private final Set<Outbox> outboxes = ConcurrentHashMap.newKeySet();

    /**
     * Adds a subscription, to which the follower offers every event that it reads from now on. Has no effect if the
     * subscription is already present.
     *
     * <p>A catch-up reader can add a subscription just after the client's thread has closed and removed it. This method
     * therefore removes the subscription again if it is closed.
     */
    void add(Subscription subscription) {
        subscriptions.merge(key(subscription), new Subscription[] {subscription}, (present, added) -> {
            if (Arrays.asList(present).contains(subscription)) {
                return present;
            }
            Subscription[] extended = Arrays.copyOf(present, present.length + 1);
            extended[present.length] = added[0];
            return extended;
        });
        if (subscription.isClosed()) {
            remove(subscription);
        }
    }

    void remove(Subscription subscription) {
        subscriptions.computeIfPresent(key(subscription), (_, present) -> {
            Subscription[] rest =
                    Stream.of(present).filter(s -> s != subscription).toArray(Subscription[]::new);
            return rest.length == 0 ? null : rest;
        });
    }

    Subscription[] subscriptionsOf(String key) {
        return subscriptions.getOrDefault(key, NONE);
    }

    Stream<Subscription> onPartition(int partition) {
        return subscriptions.values().stream().flatMap(Arrays::stream).filter(s -> s.partition() == partition);
    }

    void addOutbox(Outbox outbox) {
        outboxes.add(outbox);
    }

    void removeOutbox(Outbox outbox) {
        outboxes.remove(outbox);
    }

    int sessions() {
        return subscriptions.size();
    }

    /** Ends all outboxes after their waiting items, because the gateway stops. */
    void shutDownAll() {
        outboxes.forEach(Outbox::shutDown);
    }

    void closeAll(DisconnectReason reason) {
        outboxes.forEach(outbox -> outbox.close(reason));
    }

    private static String key(Subscription subscription) {
        return subscription.session().toString();
    }
}
