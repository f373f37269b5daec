package io.miroir;

import io.miroir.config.MiroirConfig;
import io.miroir.config.TaskStoreConfig;
import io.miroir.tls.LoadedKeys;
import io.miroir.tls.PodKeys;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All keys of a pod that may be exchanged while it runs.
 *
 * @param pods by which pods know each other on their own ports; nothing where those are plain
 * @param nodes by which nodes know pods, and pods each other's calls
 * @param clients of clients; none opens their routes
 * @param operators of operators; none closes their routes
 * @param seals by which secrets are sealed in the task store; none leaves them plain
 */
record ExchangedKeys(Optional<PodKeys> pods, Keys nodes, Keys clients, Keys operators, Keys seals) {
    /**
     * Those that are configured.
     *
     * @throws IOException if a file can't be used
     */
    static ExchangedKeys of(MiroirConfig config) throws IOException {
        return new ExchangedKeys(
                PodKeyFiles.of(config.peer()),
                Keys.of(config.nodeMasterKey(), "node key"),
                Keys.of(config.masterKey(), "master key"),
                Keys.of(config.admin().apiKey(), "admin key"),
                Keys.of(
                        config.taskStore().sealKey(),
                        "seal key",
                        TaskStoreConfig.SEAL_KEY_BYTES_MIN));
    }

    /** What may be told of each; files are read anew for it. */
    List<LoadedKeys> loaded() {
        return Stream.concat(
                        pods.stream().flatMap(keys -> keys.loaded().stream()),
                        Stream.of(nodes, clients, operators, seals).map(Keys::loaded))
                .toList();
    }
}
