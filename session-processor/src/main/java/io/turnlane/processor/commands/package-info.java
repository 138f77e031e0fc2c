/** Publication of session commands by the processor. A fork publishes the copy of its session as an import command. */
@NullMarked
package io.turnlane.processor.commands;

import org.jspecify.annotations.NullMarked;
