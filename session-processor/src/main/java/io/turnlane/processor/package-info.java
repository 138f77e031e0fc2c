/**
 * Takes turns from the log and answers them.
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
