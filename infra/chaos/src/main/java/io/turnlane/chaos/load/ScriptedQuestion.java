package io.turnlane.chaos.load;

/**
 * Question that a client asks.
 *
 * @param canary unique in the run
 * @param text instruction for the scripted agent; begins with the canary
 */
public record ScriptedQuestion(String session, String canary, String text) {}
