package io.miroir.cluster.peer;

import io.miroir.tls.LoadedKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Which keys all pods know now: what an operator waits for who exchanges one. */
public final class ClusterKeys {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final String podId;
    private final Supplier<List<LoadedKeys>> own;
    private final Peers peers;

    /**
     * @param podId this pod
     * @param own what it may tell of its keys
     */
    public ClusterKeys(String podId, Supplier<List<LoadedKeys>> own, Peers peers) {
        this.podId = podId;
        this.own = own;
        this.peers = peers;
    }

    /** By pod, this one among them; nothing for one that does not say it in time. */
    public SortedMap<String, Optional<List<LoadedKeys>>> ask() {
        SortedMap<String, Optional<List<LoadedKeys>>> told = new ConcurrentSkipListMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String id : peers.all()) {
                threads.execute(
                        () ->
                                told.put(
                                        id,
                                        id.equals(podId)
                                                ? Optional.of(own.get())
                                                : peers.keys(id, TIMEOUT)));
            }
        }
        return told;
    }
}
