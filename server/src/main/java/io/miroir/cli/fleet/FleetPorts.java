package io.miroir.cli.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

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
}
