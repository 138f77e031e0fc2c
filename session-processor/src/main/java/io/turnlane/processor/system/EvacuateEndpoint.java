package io.turnlane.processor.system;

import io.turnlane.model.ProcessorState;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@code POST /actuator/evacuate} drains this processor for maintenance or scale-in, and answers when it has left. Its
 * process lives on, so that it can be looked at, until it is stopped. Asking again answers the same.
 */
@Endpoint(id = "evacuate")
class EvacuateEndpoint {

    private final ProcessorId id;
    private final Drain drain;

    EvacuateEndpoint(ProcessorId id, Drain drain) {
        this.id = id;
        this.drain = drain;
    }

    /** @param report null while it hasn't ended */
    record Evacuation(String processor, String state, Drain.@Nullable DrainReport report) {}

    @ReadOperation
    Evacuation state() {
        return answer(null);
    }

    @WriteOperation
    Evacuation evacuate() throws InterruptedException {
        return answer(drain.run());
    }

    private Evacuation answer(Drain.@Nullable DrainReport report) {
        ProcessorState state = drain.state();
        return new Evacuation(id.value(), state.wire(), report);
    }
}
