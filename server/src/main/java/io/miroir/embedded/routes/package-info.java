/** The embedded node's HTTP routes. */
@NullMarked
package io.miroir.embedded.routes;

import org.jspecify.annotations.NullMarked;
