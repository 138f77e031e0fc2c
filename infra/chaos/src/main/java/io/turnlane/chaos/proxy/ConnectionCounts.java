package io.turnlane.chaos.proxy;

import io.turnlane.chaos.proxy.CableState.Setting;

/**
 * Counts of the traffic of one connection since the last change of the cable. Shared by the threads of both directions.
 */
final class ConnectionCounts {

    private long setting = -1;
    private boolean affected;
    private int replies;
    private long bytes;

    /** Records that this setting affects the connection. Returns true for the first call with this setting. */
    synchronized boolean affect(Setting now) {
        resetIfChanged(now);
        boolean first = !affected;
        affected = true;
        return first;
    }

    /** Counts a reply. Returns the number of earlier replies under this setting. */
    synchronized int countReply(Setting now) {
        resetIfChanged(now);
        return replies++;
    }

    /**
     * Reserves {@code wanted} bytes, or fewer if this connection would exceed the limit. Returns the number of reserved
     * bytes.
     */
    synchronized int reserveBytes(Setting now, long limit, int wanted) {
        resetIfChanged(now);
        int reserved = (int) Math.min(wanted, limit - bytes);
        bytes += reserved;
        return reserved;
    }

    private void resetIfChanged(Setting now) {
        if (now.number() != setting) {
            setting = now.number();
            affected = false;
            replies = 0;
            bytes = 0;
        }
    }
}
