/** What can be done to a rig, one at a time or by a seeded schedule. */
@NullMarked
package io.turnlane.chaos.fault;

import org.jspecify.annotations.NullMarked;
