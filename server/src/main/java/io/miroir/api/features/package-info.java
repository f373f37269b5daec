/** The experimental features of Meilisearch: which there are, and what is said where one is off. */
@NullMarked
package io.miroir.api.features;

import org.jspecify.annotations.NullMarked;
