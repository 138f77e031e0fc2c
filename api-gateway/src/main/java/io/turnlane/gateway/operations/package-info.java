/** Packages that serve operators. */
@NullMarked
package io.turnlane.gateway.operations;

import org.jspecify.annotations.NullMarked;
