/**
 * Webhooks: signed HTTP calls that send the terminal event of a question to the callback URL that the question named.
 */
@NullMarked
package io.turnlane.processor.webhook;

import org.jspecify.annotations.NullMarked;
