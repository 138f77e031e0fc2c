/** Start and stop of gateways and processors in this JVM, and the addresses at which they find each other. */
@NullMarked
package io.turnlane.standalone.run;

import org.jspecify.annotations.NullMarked;
