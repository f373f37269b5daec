/** Queued background jobs: claimed for a time, retried, counted. */
@NullMarked
package io.miroir.store.job;

import org.jspecify.annotations.NullMarked;
