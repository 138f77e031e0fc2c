/**
 * What runs inside the processes of the rig: gateways and processors as shipped, and an agent that does as it is told.
 */
@NullMarked
package io.turnlane.chaos.member;

import org.jspecify.annotations.NullMarked;
