package io.miroir.cli.fleet;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Where a fleet's nodes come from. */
public sealed interface NodeSource {
    /** The small node that is part of this program. */
    record Embedded() implements NodeSource {}

    /** A Meilisearch program on this machine, started and stopped like the embedded node. */
    record Program(Path meilisearch) implements NodeSource {}

    /** Servers that run already and that the fleet neither starts nor stops. */
    record Running(List<URI> servers) implements NodeSource {
        public Running {
            servers = List.copyOf(servers);
        }
    }
}
