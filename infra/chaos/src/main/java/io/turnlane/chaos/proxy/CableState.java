package io.turnlane.chaos.proxy;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Current state of a cable, and the effects of each fault so far. The driver changes the state. The threads of all
 * connections read it and wait for changes. The lock guards all fields.
 */
final class CableState {

    /** Effects of one kind of fault so far. See {@link FaultProxy.Hits}. */
    private static final class Tally {
        private long connections;
        private long bytes;
        private long cuts;
    }

    /**
     * State of the cable.
     *
     * @param number number of changes of the cable up to this state
     */
    record Setting(CableFault fault, long number) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Tally> tallies = new TreeMap<>();
    private Setting setting = new Setting(new CableFault.Pass(), 0);

    void set(CableFault fault) {
        lock.lock();
        try {
            setting = new Setting(fault, setting.number() + 1);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Setting current() {
        lock.lock();
        try {
            return setting;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the current setting differs from {@code old}. */
    void awaitChangeFrom(Setting old) throws InterruptedException {
        lock.lock();
        try {
            while (setting.equals(old)) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void tally(CableFault fault, int connections, long bytes, int cuts) {
        if (fault instanceof CableFault.Pass) {
            return;
        }
        lock.lock();
        try {
            Tally tally = tallies.computeIfAbsent(fault.kind(), _ -> new Tally());
            tally.connections += connections;
            tally.bytes += bytes;
            tally.cuts += cuts;
        } finally {
            lock.unlock();
        }
    }

    Map<String, FaultProxy.Hits> hits() {
        lock.lock();
        try {
            Map<String, FaultProxy.Hits> hits = new TreeMap<>();
            tallies.forEach((kind, t) -> hits.put(kind, new FaultProxy.Hits(t.connections, t.bytes, t.cuts)));
            return hits;
        } finally {
            lock.unlock();
        }
    }
}
