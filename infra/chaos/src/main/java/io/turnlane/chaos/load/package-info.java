/** Clients that ask, follow and poll over the public HTTP API, and write down all that they do and see. */
@NullMarked
package io.turnlane.chaos.load;

import org.jspecify.annotations.NullMarked;
