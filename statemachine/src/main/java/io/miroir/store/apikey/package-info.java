/** The client's API keys; their secrets are derived, never stored. */
@NullMarked
package io.miroir.store.apikey;

import org.jspecify.annotations.NullMarked;
