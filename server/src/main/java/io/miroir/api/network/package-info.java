/** Requests about a network of instances, as far as they can be answered without one. */
@NullMarked
package io.miroir.api.network;

import org.jspecify.annotations.NullMarked;
