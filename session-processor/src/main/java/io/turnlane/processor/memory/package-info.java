/** What a session remembers, and where that is kept. */
@NullMarked
package io.turnlane.processor.memory;

import org.jspecify.annotations.NullMarked;
