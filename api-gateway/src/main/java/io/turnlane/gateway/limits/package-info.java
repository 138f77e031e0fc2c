/** How much one user, and all together, may ask of the service. */
@NullMarked
package io.turnlane.gateway.limits;

import org.jspecify.annotations.NullMarked;
