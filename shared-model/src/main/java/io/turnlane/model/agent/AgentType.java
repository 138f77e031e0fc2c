package io.turnlane.model.agent;

import io.turnlane.model.WireEnum;
import java.util.Locale;

/** Type of a configured agent: what answers its turns. */
public enum AgentType implements WireEnum {
    /** A model, called through its provider's OpenAI-compatible API. */
    CHAT,
    /** An agent behind the OpenAI Responses API. */
    RESPONSES,
    /** An agent behind the OpenAI Chat Completions API. */
    CHAT_COMPLETIONS,
    /** An agent behind the AG-UI protocol. */
    AG_UI,
    /** The built-in agent that answers from its data set. */
    RETRIEVAL,
    /** The built-in agent that repeats the question. */
    ECHO,
    /** A route: gateways choose one of its targets for each question. */
    ROUTE;

    @Override
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
