/**
 * Terminal events to the callbacks that their questions named: signed, sent at least once, to public addresses only.
 */
@NullMarked
package io.turnlane.processor.webhook;

import org.jspecify.annotations.NullMarked;
