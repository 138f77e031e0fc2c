/** Tests of the client against a scripted server built on the JDK's HttpServer. */
@NullMarked
package io.turnlane.client;

import org.jspecify.annotations.NullMarked;
