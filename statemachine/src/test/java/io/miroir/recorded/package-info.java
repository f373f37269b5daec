/** What earlier programs left, for tests of every module. */
@NullMarked
package io.miroir.recorded;

import org.jspecify.annotations.NullMarked;
