/** Access to quarantined turns: list, inspect and redrive. */
@NullMarked
package io.turnlane.gateway.operations.quarantine;

import org.jspecify.annotations.NullMarked;
