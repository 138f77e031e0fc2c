/** Tools that calculate figures of decentralised finance. They need no network. */
@NullMarked
package io.turnlane.processor.agent.tool.defi;

import org.jspecify.annotations.NullMarked;
