/** What the log tells of a session's past: for memory that was lost, and for turns that are run again. */
@NullMarked
package io.turnlane.processor.past;

import org.jspecify.annotations.NullMarked;
