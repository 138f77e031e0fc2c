/** Load generators: closed loops with a number of clients, and open loops with a rate. */
@NullMarked
package io.turnlane.bench.load;

import org.jspecify.annotations.NullMarked;
