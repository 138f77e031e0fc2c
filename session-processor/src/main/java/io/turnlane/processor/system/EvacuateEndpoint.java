package io.turnlane.processor.system;

import io.turnlane.model.ProcessorState;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * Endpoint {@code POST /actuator/evacuate}, which drains this processor for maintenance or scale-in and responds when
 * the processor has left the consumer group. The process continues to run until it is stopped, so that operators can
 * inspect it. A repeated call returns the report of the first call.
 */
@Component
@Endpoint(id = "evacuate")
record EvacuateEndpoint(ProcessorId id, Drain drain) {

    /**
     * Response of the endpoint.
     *
     * @param report report of the drain; null if the response contains only the state
     */
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
