package io.miroir.raft.link;

import io.miroir.tls.PodKeys;
import java.util.Map;
import java.util.Optional;
import org.apache.ratis.conf.Parameters;

/**
 * Where a member listens and where it finds the others.
 *
 * @param self this member's id
 * @param host that it listens on
 * @param addresses of the configured members, host and port by id
 * @param keys by which pods know each other; without them whoever reaches the port is let in
 */
public record LinkSettings(
        String self,
        String host,
        int port,
        Map<String, String> addresses,
        Optional<PodKeys> keys,
        LinkMetrics metrics) {
    private static final String KEY = LinkSettings.class.getName();

    public LinkSettings {
        addresses = Map.copyOf(addresses);
    }

    /** As Ratis carries them to the transport. */
    public Parameters parameters() {
        Parameters parameters = new Parameters();
        parameters.put(KEY, this, LinkSettings.class);
        return parameters;
    }

    static LinkSettings of(Parameters parameters) {
        return parameters.getNonNull(KEY, LinkSettings.class);
    }
}
