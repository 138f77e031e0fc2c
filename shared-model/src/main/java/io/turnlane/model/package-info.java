/**
 * The wire contract that gateway and processor share: ids, commands, turn events, topics, Redis keys and their JSON.
 */
@NullMarked
package io.turnlane.model;

import org.jspecify.annotations.NullMarked;
