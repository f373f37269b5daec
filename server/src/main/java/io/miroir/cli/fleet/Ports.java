package io.miroir.cli.fleet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Finds free TCP ports on loopback. They are taken from outside of the range that the kernel hands
 * to outgoing connections: a port found there would be somebody's client port a moment later.
 */
public final class Ports {
    private static final int TRIES_MAX = 2_000;

    private final RandomGenerator random;
    private final PortSpan span;
    private final Set<Integer> given = new HashSet<>();

    /** The random numbers keep two fleets that start at the same time apart. */
    public Ports(RandomGenerator random) {
        this.random = random;
        this.span = PortSpan.ofThisMachine();
    }

    /** A free port that this object has not given out before. */
    public int free() {
        return row(1).getFirst();
    }

    /** Free ports, not in a row, that this object has not given out before. */
    public List<Integer> some(int count) {
        List<Integer> ports = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ports.add(free());
        }
        return List.copyOf(ports);
    }

    /** The wanted ports, which nobody else is then given; refused when one of them is taken. */
    public List<Integer> exactly(int first, int count) {
        if (first < 1 || first + count - 1 > PortSpan.PORT_MAX) {
            throw new FleetException(
                    "Ports %d to %d are wanted, but a port is a number from 1 to %d."
                            .formatted(first, first + count - 1, PortSpan.PORT_MAX));
        }
        List<Integer> ports = sequence(first, count);
        firstTaken(ports)
                .ifPresent(
                        port -> {
                            throw new FleetException(inUse(port, first, count));
                        });
        given.addAll(ports);
        return ports;
    }

    /** A row of ports that starts at the wanted one if that row is free, else of any free row. */
    public List<Integer> preferably(int first, int count) {
        List<Integer> wanted = sequence(first, count);
        if (firstTaken(wanted).isEmpty()) {
            given.addAll(wanted);
            return wanted;
        }
        return row(count);
    }

    /** A row of free ports that this object has not given out before. */
    public List<Integer> row(int count) {
        for (int i = 0; i < TRIES_MAX; i++) {
            List<Integer> row = sequence(random.nextInt(span.first(), span.end() - count), count);
            if (firstTaken(row).isEmpty()) {
                given.addAll(row);
                return row;
            }
        }
        throw new FleetException(
                "No %d free ports in a row found on 127.0.0.1 between %d and %d."
                        .formatted(count, span.first(), span.end() - 1));
    }

    /** Whether a server could listen on the port of 127.0.0.1 at this moment. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // A connection of a stopped server that lingers doesn't keep the next one out.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<Integer> firstTaken(List<Integer> ports) {
        return ports.stream().filter(p -> given.contains(p) || !isFree(p)).findFirst();
    }

    private static String inUse(int port, int first, int count) {
        return ("Port %d of 127.0.0.1 is in use by another program (ports %d to %d are needed)."
                        + " Stop that program, choose other ports with --port N, or leave --port"
                        + " out: free ports are found then.")
                .formatted(port, first, first + count - 1);
    }

    private static List<Integer> sequence(int first, int count) {
        List<Integer> ports = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ports.add(first + i);
        }
        return List.copyOf(ports);
    }
}
