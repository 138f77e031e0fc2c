/** Figures of all gateways and processors for operators, and what is wrong with them. */
@NullMarked
package io.turnlane.gateway.operations.console;

import org.jspecify.annotations.NullMarked;
