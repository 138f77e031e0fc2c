/** Lists of the sessions and requests of all users, for operators. */
@NullMarked
package io.turnlane.gateway.operations.listing;

import org.jspecify.annotations.NullMarked;
