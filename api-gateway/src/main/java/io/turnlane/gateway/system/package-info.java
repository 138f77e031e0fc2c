/**
 * Wiring of the gateway: settings, lifecycle and Spring beans. Only this package and its subpackages depend on all
 * others.
 */
@NullMarked
package io.turnlane.gateway.system;

import org.jspecify.annotations.NullMarked;
