package io.miroir.core.rules;

/**
 * A document and its place in a list of hits.
 *
 * @param id its primary key as text
 * @param position the first is 0
 */
public record Pin(String id, long position) {}
