/** Options that several commands share. */
@NullMarked
package io.turnlane.standalone.options;

import org.jspecify.annotations.NullMarked;
