package io.miroir.cli.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The ports of all members of a fleet.
 *
 * @param pods one entry a pod
 * @param nodes one port a node that the fleet starts
 */
public record FleetPorts(List<PodPorts> pods, List<Integer> nodes) {
    private static final int FIRST_PREFERRED = 7700;

    /** The four ports of a pod. */
    public record PodPorts(int http, int raft, int peer, int metrics) {}

    public FleetPorts {
        pods = List.copyOf(pods);
        nodes = List.copyOf(nodes);
    }

    /**
     * Chooses ports that are free now.
     *
     * @param firstHttp the first pod's, demanded; empty for 7700 if that is free, else any
     */
    public static FleetPorts choose(Ports ports, FleetShape shape, OptionalInt firstHttp) {
        List<Integer> http =
                firstHttp.isPresent()
                        ? ports.exactly(firstHttp.getAsInt(), shape.pods())
                        : ports.preferably(FIRST_PREFERRED, shape.pods());
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
