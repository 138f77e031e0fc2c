/**
 * Reads turns from the log, runs them in order, and publishes their answers.
 *
 * <pre>
 *  [turns topic] ─▶ intake ─▶ lane ─▶ turn ─▶ agent
 *                    ledger            │  ▲
 *                                      ▼  │
 *                                     memory ⇄ Redis
 *                                      │
 *                                      ▼
 *                                    events ─▶ [events topic]
 * </pre>
 */
@NullMarked
package io.turnlane.processor;

import org.jspecify.annotations.NullMarked;
