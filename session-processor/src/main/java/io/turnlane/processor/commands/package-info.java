/** Session commands that one session's turn has for another session. */
@NullMarked
package io.turnlane.processor.commands;

import org.jspecify.annotations.NullMarked;
