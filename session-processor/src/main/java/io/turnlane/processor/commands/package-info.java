/** Publication of session commands that the command of one session has for another session. */
@NullMarked
package io.turnlane.processor.commands;

import org.jspecify.annotations.NullMarked;
