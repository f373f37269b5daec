/** The settings model against the rules of Meilisearch. */
@NullMarked
package io.miroir.api.settings;

import org.jspecify.annotations.NullMarked;
