/** Publication of turn events on the events topic. */
@NullMarked
package io.turnlane.processor.events;

import org.jspecify.annotations.NullMarked;
