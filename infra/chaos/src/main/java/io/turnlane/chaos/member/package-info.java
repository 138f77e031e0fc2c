/** Main classes of the rig's processes: gateways and processors as shipped, and a scripted agent. */
@NullMarked
package io.turnlane.chaos.member;

import org.jspecify.annotations.NullMarked;
