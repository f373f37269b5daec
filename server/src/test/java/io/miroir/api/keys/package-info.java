/** Who may pass, by key and by tenant token. */
@NullMarked
package io.miroir.api.keys;

import org.jspecify.annotations.NullMarked;
