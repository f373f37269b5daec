package io.miroir.core.layout;

import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far replicas are on their way from one layout to another, told from where they are: nothing
 * has to be counted while they move.
 *
 * @param toMove replicas that nodes are to get
 * @param moved of these, in sync there
 * @param toFree replicas that nodes are to lose
 * @param freed of these, gone
 */
public record MoveProgress(int toMove, int moved, int toFree, int freed) {
    /** Nothing moves. */
    public static final MoveProgress NONE = new MoveProgress(0, 0, 0, 0);

    /** Looks at one index. */
    public static MoveProgress of(Topology before, Topology then, Replicas replicas) {
        Set<String> nodes = new TreeSet<>(before.nodes());
        nodes.addAll(then.nodes());
        MoveProgress sum = NONE;
        for (String node : nodes) {
            ShardSet had = before.shardsOf(node);
            ShardSet gets = then.shardsOf(node);
            ShardSet gained = gets.andNot(had);
            ShardSet lost = had.andNot(gets);
            sum =
                    sum.plus(
                            new MoveProgress(
                                    gained.size(),
                                    count(ReplicaState.IN_SYNC, node, gained, replicas),
                                    lost.size(),
                                    count(ReplicaState.NOT_HELD, node, lost, replicas)));
        }
        return sum;
    }

    /** Whether all that nodes are to get is in sync there. */
    public boolean isMoved() {
        return moved == toMove;
    }

    /** Of several indexes. */
    public MoveProgress plus(MoveProgress other) {
        return new MoveProgress(
                toMove + other.toMove,
                moved + other.moved,
                toFree + other.toFree,
                freed + other.freed);
    }

    private static int count(ReplicaState state, String node, ShardSet shards, Replicas replicas) {
        return (int) shards.stream().filter(shard -> replicas.state(node, shard) == state).count();
    }
}
