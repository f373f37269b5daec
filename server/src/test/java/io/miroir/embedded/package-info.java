/** The embedded node over real HTTP, and under kill -9. */
@NullMarked
package io.miroir.embedded;

import org.jspecify.annotations.NullMarked;
