package io.miroir.cluster.peer;

import java.util.Map;

/**
 * What the owner of a lane answered.
 *
 * @param status HTTP status
 * @param headers further headers for the client
 * @param body JSON text
 */
public record PassedAnswer(int status, Map<String, String> headers, String body) {}
