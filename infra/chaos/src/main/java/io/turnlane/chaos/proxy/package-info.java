/** A TCP proxy with faults that can be changed while connections are open. The proxied path is called a cable. */
@NullMarked
package io.turnlane.chaos.proxy;

import org.jspecify.annotations.NullMarked;
