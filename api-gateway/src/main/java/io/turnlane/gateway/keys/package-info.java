/** API keys: made, kept in the log by their hash, and known to every gateway. */
@NullMarked
package io.turnlane.gateway.keys;

import org.jspecify.annotations.NullMarked;
