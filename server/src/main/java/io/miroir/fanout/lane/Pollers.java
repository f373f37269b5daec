package io.miroir.fanout.lane;

import io.miroir.fanout.NodeWatcher;
import io.miroir.fanout.Nodes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Asks all nodes that there are what became of their tasks. */
final class Pollers implements NodeWatcher, AutoCloseable {
    private final Nodes nodes;
    private final NodePoller.Listener listener;
    private final Map<String, NodePoller> pollers = new ConcurrentHashMap<>();
    private boolean started;
    private boolean closed;

    /** Asks nothing yet, but can be given tasks to follow. */
    Pollers(Nodes nodes, NodePoller.Listener listener) {
        this.nodes = nodes;
        this.listener = listener;
        nodes.watch(this);
    }

    synchronized void start() {
        started = true;
        pollers.values().forEach(NodePoller::start);
    }

    @Override
    public synchronized void came(String nodeId) {
        if (closed) {
            return;
        }
        NodePoller poller = new NodePoller(nodeId, nodes, listener);
        pollers.put(nodeId, poller);
        if (started) {
            poller.start();
        }
    }

    /** Nobody will tell what became of its tasks. */
    @Override
    public synchronized void went(String nodeId) {
        NodePoller poller = pollers.remove(nodeId);
        if (poller != null) {
            poller.giveUp();
        }
    }

    /** Follows a task on all nodes that took it. */
    void follow(Tracked task) {
        task.accepted().keySet().forEach(node -> follow(task, node));
    }

    /**
     * Follows a task on one of them. One that does not answer, or has no address, is waited for; on
     * one that the cluster does not have the task is lost.
     */
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
    public synchronized void close() {
        closed = true;
        pollers.values().forEach(NodePoller::close);
    }
}
