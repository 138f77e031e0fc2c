/** What happens to turns, told on the events topic. */
@NullMarked
package io.turnlane.processor.events;

import org.jspecify.annotations.NullMarked;
