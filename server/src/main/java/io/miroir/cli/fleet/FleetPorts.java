package io.miroir.cli.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ports of all members of a fleet.
 *
 * @param pods one entry a pod
 * @param nodes one port a node that the fleet starts
 */
public record FleetPorts(List<PodPorts> pods, List<Integer> nodes) {
    /** The four ports of a pod. */
    public record PodPorts(int http, int raft, int peer, int metrics) {}

    public FleetPorts {
        pods = List.copyOf(pods);
        nodes = List.copyOf(nodes);
    }

    /** The pods' HTTP ports, and for everything else ports that are free now. */
    public static FleetPorts choose(Ports ports, FleetShape shape, List<Integer> http) {
        List<PodPorts> pods = new ArrayList<>();
        for (int port : http) {
            pods.add(new PodPorts(port, ports.free(), ports.free(), ports.free()));
        }
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < shape.nodes(); i++) {
            nodes.add(ports.free());
        }
        return new FleetPorts(pods, nodes);
    }

    /** The same with other ports for clients. */
    public FleetPorts withHttp(List<Integer> http) {
        List<PodPorts> moved = new ArrayList<>();
        for (int i = 0; i < pods.size(); i++) {
            PodPorts old = pods.get(i);
            moved.add(new PodPorts(http.get(i), old.raft(), old.peer(), old.metrics()));
        }
        return new FleetPorts(moved, nodes).stillFree();
    }

    /** These ports; refused when one of them is taken meanwhile. */
    public FleetPorts stillFree() {
        Stream.concat(
                        nodes.stream(),
                        pods.stream()
                                .flatMap(p -> Stream.of(p.http(), p.raft(), p.peer(), p.metrics())))
                .filter(port -> !Ports.isFree(port))
                .findFirst()
                .ifPresent(
                        port -> {
                            throw new FleetException(
                                    ("Port %d, which this directory's fleet uses, is in use by"
                                                    + " another program. Does the same demo run already?"
                                                    + " Stop that program, or give another directory with"
                                                    + " --dir.")
                                            .formatted(port));
                        });
        return this;
    }
}
