package io.miroir.harness;

import io.miroir.cli.fleet.FleetPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Names by which pods reach each other's Raft and peer ports, and which lead elsewhere once a pod
 * has moved: each address of 127.0.0.0/8 is a machine of its own.
 */
final class HostNames {
    private final Path file;
    private final Path directory;
    private final Map<String, Integer> machines = new TreeMap<>();

    HostNames(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("hosts");
    }

    /**
     * With them a JVM knows these names and no others, and believes them for ever unless the
     * program says otherwise.
     */
    String[] jvmOptions() throws IOException {
        Path forEver =
                Files.writeString(
                        directory.resolve("names.security"), "networkaddress.cache.ttl=-1\n");
        return new String[] {
            "-Djdk.net.hosts.file=" + file, "-Djava.security.properties=" + forEver
        };
    }

    /** Gives these pods, which do not run, names and addresses. */
    void give(List<FleetPod> pods) {
        for (FleetPod pod : pods) {
            machines.put(pod.id(), machines.size() + 1);
        }
        pods.forEach(this::writeConfig);
        write();
    }

    /** Pods that do not run get other addresses under their names. */
    void move(List<FleetPod> pods) {
        pods.forEach(pod -> machines.merge(pod.id(), 10, Integer::sum));
        pods.forEach(this::writeConfig);
        write();
    }

    private String address(String pod) {
        return "127.0.1." + machines.get(pod);
    }

    private void writeConfig(FleetPod pod) {
        Path config = directory.resolve(pod.id()).resolve("miroir.yaml");
        try {
            Files.writeString(
                    config,
                    Files.readString(config)
                            .replaceAll(
                                    "( (raft|peer):\n +bind:) [0-9.]+", "$1 " + address(pod.id()))
                            .replaceAll(
                                    "(id: (pod-\\d+)\n +raft:) 127.0.0.1(:\\d+\n +peer:) 127.0.0.1",
                                    "$1 $2.test$3 $2.test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In one step: half a file would be half the names. */
    private void write() {
        String lines =
                "127.0.0.1 localhost\n"
                        + machines.keySet().stream()
                                .map(pod -> address(pod) + " " + pod + ".test\n")
                                .collect(Collectors.joining());
        try {
            Path next = Files.writeString(directory.resolve("hosts.next"), lines);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
