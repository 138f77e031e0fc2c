/** Session memory and request records, their Lua scripts in Redis, and the local cache. */
@NullMarked
package io.turnlane.processor.memory;

import org.jspecify.annotations.NullMarked;
