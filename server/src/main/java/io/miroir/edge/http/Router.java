package io.miroir.edge.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handler of a request by its path and verb. Fixed path parts win over named ones; an
 * unknown path is 404, a known path with another verb 405 and {@code Allow}, both without a body.
 */
public final class Router implements Handler {
    private static final Node EMPTY = new Node(Map.of(), null, "", Map.of());

    private final Node root;

    private record Node(
            Map<String, Node> fixed,
            @Nullable Node named,
            String name,
            Map<String, Handler> verbs) {}

    private Router(Node root) {
        this.root = root;
    }

    /**
     * One route.
     *
     * @param verb the HTTP method
     * @param pattern like {@code /indexes/{uid}/documents}
     * @param handler serves it
     */
    public record Route(String verb, String pattern, Handler handler) {}

    /** A router over these routes; two handlers for one verb and pattern are a bug. */
    public static Router of(List<Route> routes) {
        Node root = EMPTY;
        for (Route route : routes) {
            root = with(root, Paths.segments(route.pattern), route);
        }
        return new Router(root);
    }

    private static Node with(Node node, List<String> rest, Route route) {
        if (rest.isEmpty()) {
            Map<String, Handler> verbs = new LinkedHashMap<>(node.verbs);
            if (verbs.put(route.verb, route.handler) != null) {
                throw new IllegalArgumentException("two handlers for " + route);
            }
            return new Node(node.fixed, node.named, node.name, verbs);
        }
        String part = rest.getFirst();
        List<String> below = rest.subList(1, rest.size());
        if (part.startsWith("{")) {
            Node child = with(node.named == null ? EMPTY : node.named, below, route);
            return new Node(node.fixed, child, part.substring(1, part.length() - 1), node.verbs);
        }
        Map<String, Node> fixed = new HashMap<>(node.fixed);
        fixed.put(part, with(fixed.getOrDefault(part, EMPTY), below, route));
        return new Node(fixed, node.named, node.name, node.verbs);
    }

    @Override
    public Answer handle(Request request) throws Exception {
        Map<String, String> parts = new HashMap<>();
        Node node = root;
        for (String segment : request.segments()) {
            Node next = node.fixed.get(segment);
            if (next == null) {
                next = node.named;
                parts.put(node.name, segment);
            }
            if (next == null) {
                return Answer.empty(404);
            }
            node = next;
        }
        if (node.verbs.isEmpty()) {
            return Answer.empty(404);
        }
        Handler handler = node.verbs.get(request.method());
        if (handler == null) {
            List<String> allowed = new ArrayList<>(node.verbs.keySet());
            return Answer.empty(405).withHeader("Allow", String.join(", ", allowed));
        }
        return handler.handle(request.withPath(parts));
    }
}
