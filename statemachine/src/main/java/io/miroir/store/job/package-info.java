/** Queued background jobs, claimed with a deadline. */
@NullMarked
package io.miroir.store.job;

import org.jspecify.annotations.NullMarked;
