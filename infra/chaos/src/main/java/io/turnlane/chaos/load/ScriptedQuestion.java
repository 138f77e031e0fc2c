package io.turnlane.chaos.load;

/**
 * What a client is to ask.
 *
 * @param canary unique in the run
 * @param text says what the scripted agent shall do; begins with the canary
 */
public record ScriptedQuestion(String session, String canary, String text) {}
