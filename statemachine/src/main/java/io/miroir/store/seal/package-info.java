/** What clients hand over as secrets lies sealed in the log and in the tables. */
@NullMarked
package io.miroir.store.seal;

import org.jspecify.annotations.NullMarked;
