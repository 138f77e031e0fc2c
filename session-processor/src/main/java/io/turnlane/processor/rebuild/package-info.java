/**
 * Detection of memory that Redis has lost, and its rebuild from the log. The log contains the same data for as long as
 * it retains events. Each partition is rebuilt separately, while its turns wait.
 */
@NullMarked
package io.turnlane.processor.rebuild;

import org.jspecify.annotations.NullMarked;
