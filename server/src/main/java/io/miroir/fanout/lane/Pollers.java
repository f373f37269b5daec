package io.miroir.fanout.lane;

import io.miroir.fanout.Nodes;
import java.util.Map;
import java.util.TreeMap;

/** Asks all nodes what became of their tasks. */
final class Pollers implements AutoCloseable {
    private final NodePoller.Listener listener;
    private final Map<String, NodePoller> pollers = new TreeMap<>();

    Pollers(Nodes nodes, NodePoller.Listener listener) {
        this.listener = listener;
        nodes.ids().forEach(id -> pollers.put(id, new NodePoller(id, nodes, listener)));
    }

    void start() {
        pollers.values().forEach(NodePoller::start);
    }

    /** Follows a task on all nodes that took it. */
    void follow(Tracked task) {
        task.accepted().keySet().forEach(node -> follow(task, node));
    }

    /** Follows a task on one of them. */
    void follow(Tracked task, String nodeId) {
        NodePoller poller = pollers.get(nodeId);
        Long nodeTaskUid = task.accepted().get(nodeId);
        if (poller == null || nodeTaskUid == null) {
            listener.ended(task, nodeId, new NodeResult.Lost());
        } else {
            poller.follow(nodeTaskUid, task);
        }
    }

    /** Nobody asks for it any more. */
    void forget(Tracked task) {
        task.accepted()
                .forEach(
                        (node, nodeTaskUid) -> {
                            NodePoller poller = pollers.get(node);
                            if (poller != null) {
                                poller.forget(nodeTaskUid, task);
                            }
                        });
    }

    @Override
    public void close() {
        pollers.values().forEach(NodePoller::close);
    }
}
