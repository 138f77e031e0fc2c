/** Checks of network addresses: loopback and public addresses. */
@NullMarked
package io.turnlane.model.address;

import org.jspecify.annotations.NullMarked;
