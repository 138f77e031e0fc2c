/** A cable that can be made bad: a TCP proxy whose faults are switched while connections are open. */
@NullMarked
package io.turnlane.chaos.proxy;

import org.jspecify.annotations.NullMarked;
