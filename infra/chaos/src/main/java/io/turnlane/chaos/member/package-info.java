/** Main classes of the rig's gateways and processors, and the scripted agent of the processors. */
@NullMarked
package io.turnlane.chaos.member;

import org.jspecify.annotations.NullMarked;
