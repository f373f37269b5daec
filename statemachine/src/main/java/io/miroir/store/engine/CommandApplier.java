package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Deposed;
import io.miroir.proto.store.Outcome;
import io.miroir.store.adminsession.AdminSessionApplier;
import io.miroir.store.alias.AliasApplier;
import io.miroir.store.apikey.ApiKeyApplier;
import io.miroir.store.canary.CanaryRunApplier;
import io.miroir.store.cdc.CdcApplier;
import io.miroir.store.format.FormatTable;
import io.miroir.store.job.JobApplier;
import io.miroir.store.lane.LaneApplier;
import io.miroir.store.lease.LeaseApplier;
import io.miroir.store.limit.LimitsTable;
import io.miroir.store.nodesettings.NodeSettingsApplier;
import io.miroir.store.ratelimit.RateApplier;
import io.miroir.store.replica.ReplicaApplier;
import io.miroir.store.scopedkey.ScopedKeyApplier;
import io.miroir.store.seal.SealApplier;
import io.miroir.store.session.SessionApplier;
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
            case AFFECT_INDEX -> LaneApplier.affect(write, command.getAffectIndex());
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
            case SET_LIMITS -> LimitsTable.set(write, command.getSetLimits());
            case ENQUEUE_JOBS -> JobApplier.enqueue(write, command.getEnqueueJobs());
            case CLAIM_JOB -> JobApplier.claim(write, command.getClaimJob());
            case BEAT_JOB -> JobApplier.beat(write, command.getBeatJob());
            case COMPLETE_JOB -> JobApplier.complete(write, command.getCompleteJob());
            case FAIL_JOB -> JobApplier.fail(write, command.getFailJob());
            case DELETE_JOB -> JobApplier.delete(write, command.getDeleteJob());
            case REPLACE_JOB -> JobApplier.replace(write, command.getReplaceJob());
            case TAKE_LEASE -> LeaseApplier.take(write, command.getTakeLease(), term != 0);
            case RENEW_LEASE -> LeaseApplier.renew(write, command.getRenewLease());
            case RELEASE_LEASE -> LeaseApplier.release(write, command.getReleaseLease());
            case TOUCH_SESSION -> SessionApplier.touch(write, command.getTouchSession());
            case END_SESSION -> SessionApplier.end(write, command.getEndSession());
            case REVOKE_ADMIN_SESSIONS ->
                    AdminSessionApplier.revoke(write, command.getRevokeAdminSessions());
            case ADVANCE_NODE_SETTINGS ->
                    NodeSettingsApplier.advance(write, command.getAdvanceNodeSettings());
            case MOVE_CURSOR -> CdcApplier.move(write, command.getMoveCursor());
            case ADD_OVERFLOW -> CdcApplier.add(write, command.getAddOverflow());
            case LOSE_OVERFLOW -> CdcApplier.lose(write, command.getLoseOverflow());
            case FORGET_SINK -> CdcApplier.forget(write, command.getForgetSink());
            case RECORD_CANARY_RUN -> CanaryRunApplier.record(write, command.getRecordCanaryRun());
            case ROTATE_SCOPED_KEY -> ScopedKeyApplier.rotate(write, command.getRotateScopedKey());
            case SIGHT_SCOPED_KEYS -> ScopedKeyApplier.sighted(write, command.getSightScopedKeys());
            case REVOKED_SCOPED_KEY ->
                    ScopedKeyApplier.revoked(write, command.getRevokedScopedKey());
            case LEASE_TOKENS -> RateApplier.lease(write, command.getLeaseTokens());
            case RECORD_LOGIN -> RateApplier.login(write, command.getRecordLogin());
            case MAKE_API_KEYS -> ApiKeyApplier.make(write, command.getMakeApiKeys());
            case RELABEL_API_KEY -> ApiKeyApplier.relabel(write, command.getRelabelApiKey());
            case RESEAL -> SealApplier.reseal(write, command.getReseal());
            case RAISE_FORMAT -> FormatTable.raise(write, command.getRaiseFormat());
            // A pod that skipped it would differ from those that know it (protocol rule 20).
            case KIND_NOT_SET -> throw new NewerFormatException("a command that is unknown here");
        };
    }
}
