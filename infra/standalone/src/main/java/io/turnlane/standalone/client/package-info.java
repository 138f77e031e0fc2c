/** Clients of running gateways and processors. */
@NullMarked
package io.turnlane.standalone.client;

import org.jspecify.annotations.NullMarked;
