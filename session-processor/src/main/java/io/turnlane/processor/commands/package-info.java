/** Publication of session commands by a command of another session: a fork publishes the import of its copy. */
@NullMarked
package io.turnlane.processor.commands;

import org.jspecify.annotations.NullMarked;
