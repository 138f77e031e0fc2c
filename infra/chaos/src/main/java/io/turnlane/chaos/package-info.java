/** The {@code chaos} command: injects faults into a running Turnlane and checks that its promises hold. */
@NullMarked
package io.turnlane.chaos;

import org.jspecify.annotations.NullMarked;
