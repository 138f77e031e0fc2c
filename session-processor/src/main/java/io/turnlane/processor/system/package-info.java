/** Wiring: configuration, threads, clocks, health and figures. The only place that sees all packages. */
@NullMarked
package io.turnlane.processor.system;

import org.jspecify.annotations.NullMarked;
