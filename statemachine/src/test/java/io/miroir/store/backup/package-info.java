/** Tests of backups. */
@NullMarked
package io.miroir.store.backup;

import org.jspecify.annotations.NullMarked;
