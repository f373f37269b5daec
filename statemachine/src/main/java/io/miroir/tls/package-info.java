/** Keys by which pods know each other on their own ports, exchanged while they run. */
@NullMarked
package io.miroir.tls;

import org.jspecify.annotations.NullMarked;
