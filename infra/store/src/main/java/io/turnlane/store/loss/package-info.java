/** Markers that show if Redis lost data, and reports of the rebuilds that follow. */
@NullMarked
package io.turnlane.store.loss;

import org.jspecify.annotations.NullMarked;
