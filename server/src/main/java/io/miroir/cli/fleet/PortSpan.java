package io.miroir.cli.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Ports to look for free ones in.
 *
 * @param first the lowest, 1,024 or above
 * @param end above the highest, at most 65,536
 */
record PortSpan(int first, int end) {
    static final int PORT_MAX = 65_535;

    /** On Linux: the lowest and the highest port of outgoing connections. */
    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private static final int UNPRIVILEGED = 1_024;

    /** Below Linux' usual outgoing ports, above those of well-known servers. */
    private static final PortSpan USUAL = new PortSpan(15_000, 32_000);

    /** Enough for fleets that start at the same time. */
    private static final int WISHED = 4_000;

    private static final int LEAST = 500;

    /** Outside of what this machine gives to outgoing connections. */
    static PortSpan ofThisMachine() {
        try {
            List<String> range = List.of(Files.readString(OUTGOING).strip().split("\\s+", -1));
            return outside(Integer.parseInt(range.getFirst()), Integer.parseInt(range.getLast()));
        } catch (IOException | NumberFormatException unknown) {
            return USUAL;
        }
    }

    /**
     * Below the outgoing ports where there is room, else above; the usual ones if there is none.
     */
    static PortSpan outside(int lowestOutgoing, int highestOutgoing) {
        int end = Math.min(USUAL.end, lowestOutgoing);
        int first = Math.min(USUAL.first, Math.max(UNPRIVILEGED, end - WISHED));
        if (end - first >= LEAST) {
            return new PortSpan(first, end);
        }
        PortSpan above = new PortSpan(Math.max(UNPRIVILEGED, highestOutgoing + 1), PORT_MAX + 1);
        return above.end - above.first >= LEAST ? above : USUAL;
    }
}
