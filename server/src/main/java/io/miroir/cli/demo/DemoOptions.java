package io.miroir.cli.demo;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the user asked `miroir demo` for.
 *
 * @param shape of the fleet
 * @param servers the user's own nodes
 * @param input what is indexed
 * @param place where the fleet lives
 * @param run what happens once it runs
 */
public record DemoOptions(Shape shape, Servers servers, Input input, Place place, Run run) {
    /** Numbers that were given; empty ones take their defaults. */
    public record Shape(
            OptionalInt pods,
            OptionalInt groups,
            OptionalInt nodesPerGroup,
            OptionalInt shards,
            OptionalInt replicationFactor) {}

    /**
     * The user's own Meilisearch servers.
     *
     * @param addresses empty to start embedded nodes
     * @param key their master key
     * @param adopt allows servers that hold indexes
     */
    public record Servers(List<URI> addresses, Optional<String> key, boolean adopt) {
        public Servers {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * What is indexed.
     *
     * @param file empty for all Unicode characters
     * @param primaryKey of the file's documents; empty to infer it
     * @param nothing start empty
     */
    public record Input(Optional<Path> file, Optional<String> primaryKey, boolean nothing) {}

    /**
     * Where the fleet lives.
     *
     * @param directory empty for a temporary one
     * @param keep whether a temporary directory stays
     * @param port the first pod's; empty for any
     * @param masterKey what clients send
     */
    public record Place(
            Optional<Path> directory, boolean keep, OptionalInt port, Optional<String> masterKey) {}

    /**
     * What happens once the fleet runs.
     *
     * @param tour guide through it, then end
     * @param exitAfterLoad end when all is indexed
     */
    public record Run(boolean tour, boolean exitAfterLoad) {}
}
