/** A recorded turn run again, by the code that runs turns, with a memory of its own: it touches nothing. */
@NullMarked
package io.turnlane.processor.replay;

import org.jspecify.annotations.NullMarked;
