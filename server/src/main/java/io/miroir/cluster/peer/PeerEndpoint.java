package io.miroir.cluster.peer;

/**
 * Where another pod's peer port is.
 *
 * @param podId the pod's id
 */
public record PeerEndpoint(String podId, String host, int port) {}
