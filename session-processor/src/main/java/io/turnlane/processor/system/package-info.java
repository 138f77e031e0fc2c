/**
 * Spring configuration of the processor: beans, threads, clocks, health and statistics. The only package that depends
 * on all others.
 */
@NullMarked
package io.turnlane.processor.system;

import org.jspecify.annotations.NullMarked;
