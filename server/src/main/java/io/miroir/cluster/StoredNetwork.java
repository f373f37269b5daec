package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Rooms;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;
import tools.jackson.databind.JsonNode;

/** The network that a client has told of, in the task store. */
public final class StoredNetwork {
    private static final String NAME = "network";

    private final ClientObjects objects;
    private final SwitchedFeatures switched;

    /** That of a store. */
    public StoredNetwork(Rooms rooms) {
        this.objects = rooms.clientObjects();
        this.switched = new SwitchedFeatures(rooms);
    }

    /**
     * The network as it was read.
     *
     * @param updatedAt when it was last changed; 0 if it never was
     */
    public record Read(Network network, long updatedAt) {}

    /** The features that are on, that of the network among them. */
    public Features features() {
        return switched.now();
    }

    /** The network as this pod knows it. */
    public Network now() {
        return read(ReadLevel.LOCAL).network;
    }

    /** Whom a query asks. */
    public sealed interface Reach {
        /** It asks for nothing but this instance. */
        record Here() implements Reach {}

        /** All instances, of which this is the only one. */
        record Self(String name) implements Reach {}

        /** All instances, and there are none: as in Meilisearch, not even this one. */
        record Nobody() implements Reach {}
    }

    /**
     * Whom a query asks.
     *
     * @throws io.miroir.api.ApiException if it asks all instances, and there are others
     */
    public Reach reach(JsonNode query) {
        if (!query.path("useNetwork").asBoolean(false) || !switched.now().isOn(Feature.NETWORK)) {
            return new Reach.Here();
        }
        Network network = now();
        if (network.hasOthers()) {
            throw Network.forwarding();
        }
        String self = network.self();
        return self != null && network.hasRemotes() ? new Reach.Self(self) : new Reach.Nobody();
    }

    /** The network, to be changed. */
    public Read read(ReadLevel level) {
        return objects.get(level, NAME)
                .map(row -> new Read(new Network(Json.parseObject(row.json())), row.updatedAt()))
                .orElseGet(() -> new Read(Network.NOBODY, 0));
    }

    /** Puts another in the place of one that was read; answers whether it was still there. */
    public Reply<Boolean> replace(Read read, Network next) {
        return objects.replace(
                new ClientObjectRow(NAME, Json.text(next.json()), 0, read.updatedAt));
    }
}
