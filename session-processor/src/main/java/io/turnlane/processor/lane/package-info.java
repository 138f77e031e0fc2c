/**
 * One at a time for each key, in the order of arrival; different keys never wait for each other. Knows nothing else.
 */
@NullMarked
package io.turnlane.processor.lane;

import org.jspecify.annotations.NullMarked;
