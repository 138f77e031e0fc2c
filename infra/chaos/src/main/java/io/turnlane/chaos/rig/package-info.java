/**
 * A whole Turnlane in processes of its own on the loopback address, each of which may be killed, frozen and cut off.
 */
@NullMarked
package io.turnlane.chaos.rig;

import org.jspecify.annotations.NullMarked;
