package io.turnlane.gateway.operations.agents;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentSettings;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Checks that processors have the tools of a definition. */
@Component
record ToolNameCheck(Fleet fleet) {

    /**
     * Checks that a live processor has each tool of the definition. Accepts every name if the tools are unknown.
     *
     * @throws ProblemDetailException if no processor has one of the tools; the message names the field and the tool
     */
    void check(AgentDefinition definition) {
        if (!(definition.settings() instanceof AgentSettings.Chat chat)) {
            return;
        }
        Set<String> known = fleet.tools();
        for (String tool : chat.tools()) {
            if (!known.isEmpty() && !known.contains(tool)) {
                throw ProblemDetailException.invalid(
                        "tools has the unknown name " + tool + "; the tools are " + String.join(", ", known) + ".");
            }
        }
    }
}
