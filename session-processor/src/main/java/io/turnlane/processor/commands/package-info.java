/** Publication of the import command with which a fork creates the copy of its session. */
@NullMarked
package io.turnlane.processor.commands;

import org.jspecify.annotations.NullMarked;
