/**
 * Which questions are taken, of those that are valid: not more than a user may have open, nor than can be worked off.
 */
@NullMarked
package io.turnlane.gateway.admission;

import org.jspecify.annotations.NullMarked;
