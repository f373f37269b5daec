package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Deposed;
import io.miroir.proto.store.Outcome;
import io.miroir.store.alias.AliasApplier;
import io.miroir.store.lane.LaneApplier;
import io.miroir.store.replica.ReplicaApplier;
import io.miroir.store.table.TableApplier;
import io.miroir.store.task.TaskApplier;
import io.miroir.store.topology.TopologyApplier;

/** Which room applies what. */
final class CommandApplier {
    private CommandApplier() {}

    static Outcome apply(Write write, Command command) {
        long term = command.getFencingTerm();
        if (term != 0 && term != write.term()) {
            return Outcome.newBuilder()
                    .setDeposed(Deposed.newBuilder().setCurrentTerm(write.term()))
                    .build();
        }
        return switch (command.getKindCase()) {
            case CLAIM_LANE -> LaneApplier.claim(write, command.getClaimLane());
            case INTEND -> LaneApplier.intend(write, command.getIntend());
            case BIND -> LaneApplier.bind(write, command.getBind());
            case ABANDON -> LaneApplier.abandon(write, command.getAbandon());
            case ENQUEUE_TASK -> TaskApplier.enqueue(write, command.getEnqueueTask());
            case START_TASK -> TaskApplier.start(write, command.getStartTask());
            case FINISH_TASK -> TaskApplier.finish(write, command.getFinishTask());
            case DELETE_TASKS -> TaskApplier.delete(write, command.getDeleteTasks());
            case MARK_REPLICAS -> ReplicaApplier.mark(write, command.getMarkReplicas());
            case FLIP_ALIAS -> AliasApplier.flip(write, command.getFlipAlias());
            case DELETE_ALIAS -> AliasApplier.delete(write, command.getDeleteAlias());
            case REPLACE_TOPOLOGY -> TopologyApplier.replace(write, command.getReplaceTopology());
            case PUT_ROW -> TableApplier.put(write, command.getPutRow());
            case DELETE_ROW -> TableApplier.delete(write, command.getDeleteRow());
            // A pod that skipped it would differ from those that know it (protocol rule 20).
            case KIND_NOT_SET -> throw new NewerFormatException("a command");
        };
    }
}
