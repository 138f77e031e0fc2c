/** Session memory and request records: the calls to Redis, the Lua scripts that they run, and the local cache. */
@NullMarked
package io.turnlane.store.memory;

import org.jspecify.annotations.NullMarked;
