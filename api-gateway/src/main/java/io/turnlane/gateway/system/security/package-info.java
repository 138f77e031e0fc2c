/** Beans that identify callers and limit the load, and their settings. */
@NullMarked
package io.turnlane.gateway.system.security;

import org.jspecify.annotations.NullMarked;
