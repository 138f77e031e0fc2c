/** The fixture that gives tests their broker and their Redis. */
@NullMarked
package io.turnlane.backends;

import org.jspecify.annotations.NullMarked;
