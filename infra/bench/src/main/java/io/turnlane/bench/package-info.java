/** Command that measures Turnlane. */
@NullMarked
package io.turnlane.bench;

import org.jspecify.annotations.NullMarked;
