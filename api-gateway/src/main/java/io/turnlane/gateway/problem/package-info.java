/** What clients are told when a call is refused: RFC 9457 problem details. */
@NullMarked
package io.turnlane.gateway.problem;

import org.jspecify.annotations.NullMarked;
