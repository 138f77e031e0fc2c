/**
 * Scheduling of work by key: items of one key run one at a time in order of arrival, and keys never wait for each
 * other. This package depends on no other package of the project.
 */
@NullMarked
package io.turnlane.processor.lane;

import org.jspecify.annotations.NullMarked;
