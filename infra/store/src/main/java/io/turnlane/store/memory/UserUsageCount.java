package io.turnlane.store.memory;

import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.limit.RedisUserUsage;
import java.time.LocalDate;
import java.util.List;

/**
 * Adds the usage of sessions to the usage of their users. The usage of a user is in another hash slot in Redis, so the
 * script that ends a turn cannot change it. This class passes on the whole usage of the session on the day, so that a
 * call can be repeated, and a later call replaces one that is missing because a processor crashed. Thread-safe.
 */
record UserUsageCount(FencedScripts scripts) {

    private static final Script SPENT = FencedScripts.load("spent");

    /** Adds the usage of the session's last day, if the given usage is not empty. */
    void add(SessionKey session, Usage usage) {
        if (usage.equals(Usage.NONE)) {
            return;
        }
        Reply spent = scripts.run(SPENT, List.of(new MemoryKeys(session).spent()));
        if (spent.word().equals("SPENT")) {
            LocalDate day = LocalDate.ofEpochDay(spent.wholeNumber(1));
            scripts.run(
                    RedisUserUsage.COUNT,
                    List.of(MemoryKeys.usageOfUser(session.namespace(), day)),
                    spent.text(2),
                    spent.text(3),
                    RedisUserUsage.LIFETIME.toMillis());
        }
    }
}
