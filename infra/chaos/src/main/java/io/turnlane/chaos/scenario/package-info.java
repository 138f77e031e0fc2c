/** The named scenarios: which faults meet which load, what must hold besides, and what is measured. */
@NullMarked
package io.turnlane.chaos.scenario;

import org.jspecify.annotations.NullMarked;
