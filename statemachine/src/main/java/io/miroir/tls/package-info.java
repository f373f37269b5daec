/**
 * Keys by which pods know each other on their own ports, exchanged while they run; and TLS for
 * clients that seldom need it.
 */
@NullMarked
package io.miroir.tls;

import org.jspecify.annotations.NullMarked;
