package io.miroir.cli.fleet;

import java.nio.file.Path;

/**
 * All that is decided about a fleet before its first process starts.
 *
 * @param directory holds configs, data and logs of all members
 */
public record FleetPlan(
        FleetShape shape,
        FleetPorts ports,
        FleetKeys keys,
        NodeSource nodes,
        Path directory,
        JavaLaunch java,
        Heaps heaps) {
    /** Megabytes of heap that the processes get. */
    public record Heaps(int podMegabytes, int nodeMegabytes) {
        /** Enough for the demo's 160,000 documents. */
        public static final Heaps DEFAULT = new Heaps(256, 256);
    }
}
