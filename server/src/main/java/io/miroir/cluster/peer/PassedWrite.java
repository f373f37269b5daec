package io.miroir.cluster.peer;

import java.util.Map;

/**
 * A write that another pod's lane must run, without its body. It is authenticated already.
 *
 * @param lane the index uid
 * @param operation what to do, in the words of the lanes
 * @param parameters its parameters
 */
public record PassedWrite(String lane, String operation, Map<String, String> parameters) {}
