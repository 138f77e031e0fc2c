/** Spring configuration, lifecycle and servlet filters; the only package that depends on all others. */
@NullMarked
package io.turnlane.gateway.system;

import org.jspecify.annotations.NullMarked;
