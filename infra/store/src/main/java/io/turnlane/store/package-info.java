/** Data of Turnlane in Redis: its keys, the envelope of stored values, and the scripts that read and change it. */
@NullMarked
package io.turnlane.store;

import org.jspecify.annotations.NullMarked;
