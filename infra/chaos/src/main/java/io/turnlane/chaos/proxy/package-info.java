/**
 * A TCP proxy that injects faults. The faults can change while connections are open. A path through the proxy is called
 * a cable.
 */
@NullMarked
package io.turnlane.chaos.proxy;

import org.jspecify.annotations.NullMarked;
