/** Tests of the task store's interface, for every backend. */
@NullMarked
package io.miroir.store;

import org.jspecify.annotations.NullMarked;
