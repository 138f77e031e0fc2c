package io.turnlane.standalone.client;

import io.turnlane.standalone.client.EventStream.Event;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Follows one request to its end, over broken connections too. For one thread. */
public final class Conversation {

    private static final int RECONNECTS = 5;
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    private final Gateway gateway;
    private final Listener listener;

    /** Who is told of the events, in order. */
    public interface Listener {
        /** An event that isn't the last. */
        void onEvent(String type, JsonNode data);

        /** The request's end: the type of its terminal event, which is its status, and that event or its resource. */
        void onEnd(String status, JsonNode data);
    }

    public Conversation(Gateway gateway, Listener listener) {
        this.gateway = gateway;
        this.listener = listener;
    }

    /**
     * Returns once the listener was told of the end.
     *
     * @param request the resource that the ask returned
     * @throws IOException when the gateway can't be reached for some seconds
     */
    public void follow(JsonNode request) throws IOException, InterruptedException {
        Optional<String> cursor = Optional.empty();
        for (int broken = 0; ; broken++) {
            try (EventStream events = gateway.events(request, cursor).orElse(null)) {
                if (events == null) {
                    break;
                }
                for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
                    Event event = next.get();
                    cursor = event.cursor();
                    if (tell(event)) {
                        return;
                    }
                }
            } catch (Gateway.RefusedException refused) {
                throw refused;
            } catch (IOException away) {
                if (broken == RECONNECTS) {
                    throw away;
                }
                Thread.sleep(1000);
            }
        }
        pollToTheEnd(request);
    }

    /** True where this was the end. */
    private boolean tell(Event event) {
        JsonNode snapshot = event.data().path("snapshot");
        if (event.type().equals("gap")
                && TERMINAL.contains(snapshot.path("status").asString(""))) {
            listener.onEnd(snapshot.path("status").asString(""), snapshot);
            return true;
        }
        if (TERMINAL.contains(event.type())) {
            listener.onEnd(event.type(), event.data());
            return true;
        }
        listener.onEvent(event.type(), event.data());
        return false;
    }

    private void pollToTheEnd(JsonNode request) throws IOException, InterruptedException {
        JsonNode now = gateway.poll(request);
        while (!TERMINAL.contains(now.path("status").asString(""))) {
            now = gateway.poll(request);
        }
        listener.onEnd(now.path("status").asString(""), now);
    }
}
