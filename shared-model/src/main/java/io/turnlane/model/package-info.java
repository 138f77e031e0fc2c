/** Wire contract that gateways and processors share: ids, commands, turn events, topics and their JSON. */
@NullMarked
package io.turnlane.model;

import org.jspecify.annotations.NullMarked;
