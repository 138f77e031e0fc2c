/** Reports on runs, for people and for programs. */
@NullMarked
package io.turnlane.chaos.report;

import org.jspecify.annotations.NullMarked;
