/** Starting and stopping the parts of Turnlane in this JVM. */
@NullMarked
package io.turnlane.standalone.run;

import org.jspecify.annotations.NullMarked;
