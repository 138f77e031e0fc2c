/** A complete Turnlane on the loopback address, in separate processes that can be killed, frozen and disconnected. */
@NullMarked
package io.turnlane.chaos.rig;

import org.jspecify.annotations.NullMarked;
