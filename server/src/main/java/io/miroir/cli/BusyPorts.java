package io.miroir.cli;

import io.miroir.config.MiroirConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says which port can't be had, before anything is started and by its name in the configuration.
 */
final class BusyPorts {
    private BusyPorts() {}

    private record Listener(String key, String bind, int port) {}

    /** What is wrong with the first port that can't be listened on; empty if all can be. */
    static Optional<String> first(MiroirConfig config) {
        return listeners(config).stream()
                .flatMap(listener -> trouble(listener).stream())
                .findFirst();
    }

    private static List<Listener> listeners(MiroirConfig config) {
        List<Listener> listeners = new ArrayList<>();
        listeners.add(new Listener("server.port", config.server().bind(), config.server().port()));
        if (config.metrics().enabled()) {
            listeners.add(
                    new Listener("metrics.port", config.metrics().bind(), config.metrics().port()));
        }
        if (config.severalPods()) {
            listeners.add(new Listener("raft.port", config.raft().bind(), config.raft().port()));
            listeners.add(new Listener("peer.port", config.peer().bind(), config.peer().port()));
        }
        return listeners;
    }

    private static Optional<String> trouble(Listener listener) {
        String place = listener.bind() + ":" + listener.port() + " (" + listener.key() + ")";
        try (ServerSocket socket = new ServerSocket()) {
            // A connection of our own former run that lingers doesn't keep us out.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(listener.bind(), listener.port()));
            return Optional.empty();
        } catch (BindException e) {
            boolean foreign = String.valueOf(e.getMessage()).contains("assign");
            return Optional.of(
                    foreign
                            ? place + ": this machine has no such address"
                            : place + " is in use by another process");
        } catch (IOException e) {
            return Optional.of(place + " can't be listened on: " + e.getMessage());
        }
    }
}
