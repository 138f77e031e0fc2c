/** Results of a run: tables, JSON and plots. */
@NullMarked
package io.turnlane.bench.report;

import org.jspecify.annotations.NullMarked;
