package io.turnlane.chaos.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Current state of a cable, and the effects of each fault so far. The driver changes the state. The threads of all
 * connections read it and wait for changes. The lock guards all fields.
 */
final class CableState {

    /**
     * State of the cable.
     *
     * @param number number of changes of the cable up to this state
     */
    record Setting(CableFault fault, long number) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Class<? extends CableFault>, Hits> hits = new HashMap<>();
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
            hits.merge(fault.getClass(), new Hits(connections, bytes, cuts), Hits::plus);
        } finally {
            lock.unlock();
        }
    }

    Map<Class<? extends CableFault>, Hits> hits() {
        lock.lock();
        try {
            return Map.copyOf(hits);
        } finally {
            lock.unlock();
        }
    }
}
