/**
 * The recorded history of a run, one JSON object per line: the actions of clients, agents and faults, and the final
 * contents of the topics and of Redis. The rig writes it and the checker reads it; neither depends on the other.
 */
@NullMarked
package io.turnlane.chaos.history;

import org.jspecify.annotations.NullMarked;
