/** The journal under torn writes. */
@NullMarked
package io.miroir.embedded.store;

import org.jspecify.annotations.NullMarked;
