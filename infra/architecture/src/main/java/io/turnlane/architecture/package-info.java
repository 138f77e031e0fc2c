/** Rules for the code of all modules, which the tests of each module check. */
@NullMarked
package io.turnlane.architecture;

import org.jspecify.annotations.NullMarked;
