/**
 * Binds YAML to records strictly: every key known, every value in range, every fault with its line.
 */
@NullMarked
package io.miroir.config.bind;

import org.jspecify.annotations.NullMarked;
