/**
 * Admission control: rejects valid questions if their user has too many open turns or the processors are overloaded.
 */
@NullMarked
package io.turnlane.gateway.guard.admission;

import org.jspecify.annotations.NullMarked;
