package io.turnlane.store.memory;

import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import java.time.InstantSource;

/** The contract of session memory, kept by the store in the heap. */
class InMemoryContractTest extends UsageContract {

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
    Usage usageOfUser() {
        return memory.usageOfUser(session.namespace());
    }

    @Override
    long openRequests() {
        return memory.session(session).open.size();
    }
}
