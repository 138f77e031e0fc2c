package io.turnlane.store.memory;

import io.turnlane.model.SessionCommand.Ask;
import java.time.InstantSource;

/** The contract of session memory, kept by the store in the heap. */
class InMemoryContractTest extends WaitingContract {

    private final InMemorySessionMemory memory = new InMemorySessionMemory(LIMITS, InstantSource.system());

    @Override
    SessionMemory memory() {
        return memory;
    }

    @Override
    void accept(Ask ask) {
        memory.accept(ask);
    }

    @Override
    void requestCancel(Ask ask) {
        memory.requestCancel(ask.key(), ask.requestId());
    }

    @Override
    void loseMemory() {
        memory.session(session).loseMemory();
    }

    @Override
    void loseRecord(Ask ask) {
        memory.session(session).requests.remove(ask.requestId());
    }

    @Override
    long openRequests() {
        return memory.session(session).open.size();
    }
}
