/** The hands of the faults: signals, cables, Redis commands, raw records, members of the group, questions. */
@NullMarked
package io.turnlane.chaos.fault.act;

import org.jspecify.annotations.NullMarked;
