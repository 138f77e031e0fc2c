/** Which sessions a user has. */
@NullMarked
package io.turnlane.gateway.directory;

import org.jspecify.annotations.NullMarked;
