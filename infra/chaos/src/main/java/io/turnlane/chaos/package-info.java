/** The command {@code chaos}: breaks a running Turnlane in every way we know, and checks that its promises held. */
@NullMarked
package io.turnlane.chaos;

import org.jspecify.annotations.NullMarked;
