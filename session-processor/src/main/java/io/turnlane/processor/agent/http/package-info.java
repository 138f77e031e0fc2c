/**
 * HTTP calls of agents whose responses are streams. A call blocks its thread, keeps exact time limits, and closes its
 * connection as soon as the thread is interrupted.
 */
@NullMarked
package io.turnlane.processor.agent.http;

import org.jspecify.annotations.NullMarked;
