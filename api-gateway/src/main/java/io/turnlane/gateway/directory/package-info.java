/** List of the sessions of each user. */
@NullMarked
package io.turnlane.gateway.directory;

import org.jspecify.annotations.NullMarked;
