/**
 * Webhooks, which send terminal events to the callback of their question: signed, at least once, to public addresses
 * only.
 */
@NullMarked
package io.turnlane.processor.webhook;

import org.jspecify.annotations.NullMarked;
