/** Tests of the client against a server of the JDK's own that says what it is told to. */
@NullMarked
package io.turnlane.client;

import org.jspecify.annotations.NullMarked;
