package io.turnlane.gateway.turns.batch;

import java.time.Duration;

/**
 * Limits of batches.
 *
 * @param maxQuestions maximum number of questions in one batch
 * @param retention time for which the list of a batch's questions is kept
 */
public record BatchRules(int maxQuestions, Duration retention) {}
