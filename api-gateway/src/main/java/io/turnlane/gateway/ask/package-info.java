/** Takes a question in: validate, accept, publish. */
@NullMarked
package io.turnlane.gateway.ask;

import org.jspecify.annotations.NullMarked;
