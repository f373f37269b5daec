/**
 * From text to words: separators, normalization and positions as Meilisearch's tokenizer has them.
 */
@NullMarked
package io.miroir.core.text;

import org.jspecify.annotations.NullMarked;
