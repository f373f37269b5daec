package io.miroir.cli.fleet;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A node of a fleet.
 *
 * @param process null when the fleet did not start it
 */
public record FleetNode(String id, int group, URI http, @Nullable ChildProcess process) {}
