/** OpenAPI document of the HTTP contract. */
@NullMarked
package io.turnlane.gateway.system.openapi;

import org.jspecify.annotations.NullMarked;
