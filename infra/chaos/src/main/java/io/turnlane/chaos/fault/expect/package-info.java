/** Requirements that faults add to the invariants, for example the status with which a turn must end. */
@NullMarked
package io.turnlane.chaos.fault.expect;

import org.jspecify.annotations.NullMarked;
