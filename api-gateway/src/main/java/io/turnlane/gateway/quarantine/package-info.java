/** Access to quarantined turns: list, inspect and redrive. */
@NullMarked
package io.turnlane.gateway.quarantine;

import org.jspecify.annotations.NullMarked;
