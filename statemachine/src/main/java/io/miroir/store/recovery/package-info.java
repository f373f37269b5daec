/**
 * Going on from a state that is not the newest: what is changed in it before a pod may serve it.
 */
@NullMarked
package io.miroir.store.recovery;

import org.jspecify.annotations.NullMarked;
