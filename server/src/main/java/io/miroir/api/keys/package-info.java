/**
 * API keys and tenant tokens: what keys may do, how their values are derived, and the decision
 * whether a request may pass.
 */
@NullMarked
package io.miroir.api.keys;

import org.jspecify.annotations.NullMarked;
