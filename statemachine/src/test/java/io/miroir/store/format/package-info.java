@NullMarked
package io.miroir.store.format;

import org.jspecify.annotations.NullMarked;
