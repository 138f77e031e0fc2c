/** Wiring: configuration, lifecycle, filters. The only place that sees all packages. */
@NullMarked
package io.turnlane.gateway.system;

import org.jspecify.annotations.NullMarked;
