/** JSON of clients: its limits, its canonical form and hash, and merge patches. */
@NullMarked
package io.turnlane.model.json;

import org.jspecify.annotations.NullMarked;
