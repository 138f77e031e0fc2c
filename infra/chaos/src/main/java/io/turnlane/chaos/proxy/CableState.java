package io.turnlane.chaos.proxy;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the cable is, and what each fault hit. The driver switches, every connection's threads read and wait; the lock
 * covers all fields.
 */
final class CableState {

    /** What a fault did so far: connections that it touched, bytes it held up or dropped, connections it cut. */
    private static final class Tally {
        private long connections;
        private long bytes;
        private long cuts;
    }

    /** A fault and which switching brought it. */
    record Setting(CableFault fault, long number) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition switched = lock.newCondition();
    private final Map<String, Tally> tallies = new TreeMap<>();
    private Setting setting = new Setting(new CableFault.Pass(), 0);

    void set(CableFault fault) {
        lock.lock();
        try {
            setting = new Setting(fault, setting.number() + 1);
            switched.signalAll();
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

    /** Waits until the cable is switched from this setting. */
    void awaitSwitchFrom(Setting old) throws InterruptedException {
        lock.lock();
        try {
            while (setting.equals(old)) {
                switched.await();
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
