package io.turnlane.gateway.turns.socket;

import io.turnlane.model.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests that were asked on one socket. A client that has the scope {@code ask} but not {@code read} receives only
 * the events of these requests. Keeps the newest {@value #MAX} requests. This is many more than can be open, so every
 * open request is kept. Safe for use by multiple threads.
 */
final class AskedRequests {

    private static final int MAX = 10_000;

    private final Map<RequestId, Boolean> requests = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
            return size() > MAX;
        }
    };

    synchronized void add(RequestId request) {
        requests.put(request, true);
    }

    synchronized boolean contains(RequestId request) {
        return requests.containsKey(request);
    }
}
