package io.turnlane.chaos.proxy;

import io.turnlane.chaos.proxy.CableState.Setting;

/** What a connection has carried since the last switching. The threads of its two directions share it. */
final class ConnectionCounts {

    private long setting = -1;
    private boolean touched;
    private int replies;
    private long bytes;

    /** Whether this is the first time that this setting touches the connection. */
    synchronized boolean touch(Setting now) {
        renew(now);
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** Counts a reply; gives how many there were before. */
    synchronized int countReply(Setting now) {
        renew(now);
        return replies++;
    }

    /** Takes up to {@code wanted} of the {@code limit} bytes that may still be carried. */
    synchronized int reserveBytes(Setting now, long limit, int wanted) {
        renew(now);
        int taken = (int) Math.min(wanted, limit - bytes);
        bytes += taken;
        return taken;
    }

    private void renew(Setting now) {
        if (now.number() != setting) {
            setting = now.number();
            touched = false;
            replies = 0;
            bytes = 0;
        }
    }
}
