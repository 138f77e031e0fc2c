/** Implementations of the faults: signals, connections, Redis commands, raw records, group members and questions. */
@NullMarked
package io.turnlane.chaos.fault.act;

import org.jspecify.annotations.NullMarked;
