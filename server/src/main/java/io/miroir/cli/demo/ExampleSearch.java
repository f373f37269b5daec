package io.miroir.cli.demo;

import tools.jackson.databind.node.ObjectNode;

/**
 * A search that shows something.
 *
 * @param shows what it shows, in a few words
 * @param body of POST `/indexes/{uid}/search`
 */
public record ExampleSearch(String shows, ObjectNode body) {}
