/**
 * Start and stop of gateways and processors in this JVM, and the addresses of the backends and gateways of a data
 * folder.
 */
@NullMarked
package io.turnlane.standalone.run;

import org.jspecify.annotations.NullMarked;
