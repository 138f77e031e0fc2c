/** Request records: those of questions and commands, cancel marks and redrive marks. */
@NullMarked
package io.turnlane.store.request;

import org.jspecify.annotations.NullMarked;
