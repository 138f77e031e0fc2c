/** Tools: Java methods that agents call with arguments in JSON. */
@NullMarked
package io.turnlane.processor.agent.tool;

import org.jspecify.annotations.NullMarked;
