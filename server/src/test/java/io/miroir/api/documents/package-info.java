/** Payload readers against good and bad payloads. */
@NullMarked
package io.miroir.api.documents;

import org.jspecify.annotations.NullMarked;
