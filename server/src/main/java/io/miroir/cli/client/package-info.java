/**
 * A small client of Meilisearch's API as an application would have one: plain calls, and calls to
 * the next pod when one can't be reached.
 */
@NullMarked
package io.miroir.cli.client;

import org.jspecify.annotations.NullMarked;
