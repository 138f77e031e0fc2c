/** Asking a running gateway, as any client would. */
@NullMarked
package io.turnlane.standalone.client;

import org.jspecify.annotations.NullMarked;
