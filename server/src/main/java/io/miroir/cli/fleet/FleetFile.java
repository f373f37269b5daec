package io.miroir.cli.fleet;

import io.miroir.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a fleet's directory remembers of it, so that the same fleet can be started there again: its
 * data fits no other shape, and its pods know each other by these ports.
 *
 * @param keys as the fleet was first started with; the file is its owner's alone
 */
public record FleetFile(FleetShape shape, FleetPorts ports, FleetKeys keys) {
    private static final String NAME = "fleet.json";

    /** What a directory remembers; empty for one that no fleet used. */
    public static Optional<FleetFile> read(Path directory) {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(Json.parse(Files.readAllBytes(file))));
        } catch (IOException | JacksonException e) {
            throw new FleetException(
                    "%s can't be read (%s). Give another directory with --dir, or remove this one."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Writes the file, readable for its owner alone. */
    public void write(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            Files.deleteIfExists(file);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(file, Json.bytes(json()));
        } catch (IOException e) {
            throw new FleetException("%s can't be written: %s".formatted(file, e), e);
        }
    }

    private ObjectNode json() {
        ObjectNode json = Json.object();
        json.putObject("shape")
                .put("pods", shape.pods())
                .put("groups", shape.groups())
                .put("nodesPerGroup", shape.nodesPerGroup())
                .put("shards", shape.shards())
                .put("replicationFactor", shape.replicationFactor());
        json.putObject("keys")
                .put("master", keys.master())
                .put("node", keys.node())
                .put("admin", keys.admin())
                .put("seal", keys.seal());
        ArrayNode pods = json.putArray("pods");
        for (FleetPorts.PodPorts pod : ports.pods()) {
            pods.addObject()
                    .put("http", pod.http())
                    .put("raft", pod.raft())
                    .put("peer", pod.peer())
                    .put("metrics", pod.metrics());
        }
        ArrayNode nodes = json.putArray("nodes");
        ports.nodes().forEach(nodes::add);
        return json;
    }

    private static FleetFile of(JsonNode json) {
        JsonNode shape = json.required("shape");
        JsonNode keys = json.required("keys");
        List<FleetPorts.PodPorts> pods = new ArrayList<>();
        for (JsonNode pod : json.required("pods")) {
            pods.add(
                    new FleetPorts.PodPorts(
                            pod.required("http").intValue(),
                            pod.required("raft").intValue(),
                            pod.required("peer").intValue(),
                            pod.required("metrics").intValue()));
        }
        List<Integer> nodes = new ArrayList<>();
        json.required("nodes").forEach(port -> nodes.add(port.intValue()));
        return new FleetFile(
                new FleetShape(
                        shape.required("pods").intValue(),
                        shape.required("groups").intValue(),
                        shape.required("nodesPerGroup").intValue(),
                        shape.required("shards").intValue(),
                        shape.required("replicationFactor").intValue()),
                new FleetPorts(pods, nodes),
                new FleetKeys(
                        keys.required("master").stringValue(),
                        keys.required("node").stringValue(),
                        keys.required("admin").stringValue(),
                        keys.required("seal").stringValue()));
    }
}
