package io.miroir.cluster.peer;

import io.miroir.config.bind.HostPort;
import java.util.Optional;

/**
 * Where another pod's peer port is.
 *
 * @param podId the pod's id
 */
public record PeerEndpoint(String podId, String host, int port) {
    /** From {@code host:port}; nothing if it is not of that form. */
    public static Optional<PeerEndpoint> parse(String podId, String address) {
        HostPort parsed = HostPort.parse(address);
        return parsed == null
                ? Optional.empty()
                : Optional.of(new PeerEndpoint(podId, parsed.host(), parsed.port()));
    }
}
