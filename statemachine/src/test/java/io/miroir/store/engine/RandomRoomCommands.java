package io.miroir.store.engine;

import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.BeatJob;
import io.miroir.proto.store.Canary;
import io.miroir.proto.store.CanaryRun;
import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.ClaimJob;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.CompleteJob;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.EndSession;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FailJob;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Limits;
import io.miroir.proto.store.LoseOverflow;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.NewJob;
import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RaiseFormat;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.RelabelApiKey;
import io.miroir.proto.store.ReleaseLease;
import io.miroir.proto.store.RenewLease;
import io.miroir.proto.store.ReplaceJob;
import io.miroir.proto.store.RevokeAdminSessions;
import io.miroir.proto.store.RevokedScopedKey;
import io.miroir.proto.store.RotateScopedKey;
import io.miroir.proto.store.Session;
import io.miroir.proto.store.SetLimits;
import io.miroir.proto.store.SightScopedKeys;
import io.miroir.proto.store.Sighting;
import io.miroir.proto.store.TakeLease;
import io.miroir.proto.store.TokenAsk;
import java.util.Random;

/** Commands of the rooms that have words of their own, over few names. */
final class RandomRoomCommands {
    /** Numbers that the store gives out are small in a short log: guesses often hit. */
    private static final int NUMBERS = 60;

    private final Random random;

    RandomRoomCommands(Random random) {
        this.random = random;
    }

    Command.Builder fill(Command.Builder command) {
        return switch (random.nextInt(3)) {
            case 0 -> work(command);
            case 1 -> sessions(command);
            default -> accounts(command);
        };
    }

    private Command.Builder work(Command.Builder command) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> command.setEnqueueJobs(EnqueueJobs.newBuilder().addJob(job()));
            case 2 ->
                    command.setClaimJob(
                            ClaimJob.newBuilder()
                                    .setPodId(name())
                                    .addType("a")
                                    .addType("b")
                                    .setClaimMicros(random.nextInt(3_000_000)));
            case 3 ->
                    command.setBeatJob(
                            BeatJob.newBuilder()
                                    .setId(name())
                                    .setClaim(number())
                                    .setClaimMicros(1_000_000));
            case 4 ->
                    command.setCompleteJob(
                            CompleteJob.newBuilder()
                                    .setId(name())
                                    .setClaim(number())
                                    .addFollowUp(job()));
            case 5 ->
                    command.setFailJob(
                            FailJob.newBuilder().setId(name()).setClaim(number()).setRetry(true));
            case 6 ->
                    command.setReplaceJob(
                            ReplaceJob.newBuilder()
                                    .setJob(job())
                                    .setEndedClaim(number())
                                    .setProgressJson("{}"));
            case 7 ->
                    command.setTakeLease(
                            TakeLease.newBuilder()
                                    .setScope(name())
                                    .setHolder(name())
                                    .setLeaseMicros(random.nextInt(3_000_000)));
            case 8 ->
                    command.setRenewLease(
                            RenewLease.newBuilder()
                                    .setScope(name())
                                    .setEpoch(number())
                                    .setPhaseJson("{}"));
            default ->
                    command.setReleaseLease(
                            ReleaseLease.newBuilder().setScope(name()).setEpoch(number()));
        };
    }

    private Command.Builder sessions(Command.Builder command) {
        return switch (random.nextInt(7)) {
            case 0, 1 ->
                    command.setTouchSession(
                            Session.newBuilder()
                                    .setSessionId(name())
                                    .setPinnedGroup(random.nextInt(3))
                                    .setUnpin(random.nextInt(4) == 0));
            case 2 -> command.setEndSession(EndSession.newBuilder().setSessionId(name()));
            case 3 ->
                    command.setEnqueueTask(
                            EnqueueTask.newBuilder()
                                    .setSessionId(name())
                                    .setIdempotencyKey(
                                            IdempotencyKey.newBuilder()
                                                    .setKey(name())
                                                    .setTtlMicros(random.nextInt(30_000_000))));
            case 4 -> command.setRevokeAdminSessions(RevokeAdminSessions.getDefaultInstance());
            case 5 -> command.setRaiseFormat(RaiseFormat.newBuilder().setFormat(random.nextInt(3)));
            default ->
                    command.setSetLimits(
                            SetLimits.newBuilder()
                                    .setExpectedVersion(1 + random.nextInt(3))
                                    .setLimits(limits()));
        };
    }

    private Command.Builder accounts(Command.Builder command) {
        return switch (random.nextInt(15)) {
            case 0 ->
                    command.setAdvanceNodeSettings(
                            NodeSettingsVersion.newBuilder()
                                    .setIndexUid(name())
                                    .setNodeId(name())
                                    .setVersion(random.nextInt(9)));
            case 1 ->
                    command.setMoveCursor(
                            CdcCursor.newBuilder()
                                    .setSinkName(name())
                                    .setIndexUid(name())
                                    .setSeq(random.nextInt(40)));
            case 2 ->
                    command.setAddOverflow(
                            AddOverflow.newBuilder()
                                    .setSinkName(name())
                                    .setIndexUid(name())
                                    .setFirstSeq(random.nextInt(40))
                                    .setLastSeq(20L + random.nextInt(30))
                                    .setBytes(1L + random.nextInt(400)));
            case 3 ->
                    command.setLoseOverflow(
                            LoseOverflow.newBuilder()
                                    .setSinkName(name())
                                    .setIndexUid(name())
                                    .setFirstSeq(random.nextInt(40)));
            case 4 ->
                    command.setPutRow(
                            PutRow.newBuilder().setCanary(Canary.newBuilder().setId(name())));
            case 5, 6 -> command.setRecordCanaryRun(CanaryRun.newBuilder().setCanaryId(name()));
            case 7 ->
                    command.setRotateScopedKey(
                            RotateScopedKey.newBuilder()
                                    .setIndexUid(name())
                                    .setNewUid(name())
                                    .setExpectedGeneration(random.nextInt(3)));
            case 8 ->
                    command.setSightScopedKeys(
                            SightScopedKeys.newBuilder()
                                    .setPodId(name())
                                    .addSighting(
                                            Sighting.newBuilder()
                                                    .setIndexUid(name())
                                                    .setGeneration(random.nextInt(3))));
            case 9 ->
                    command.setRevokedScopedKey(
                            RevokedScopedKey.newBuilder()
                                    .setIndexUid(name())
                                    .setGeneration(random.nextInt(3)));
            case 10 ->
                    command.setLeaseTokens(
                            LeaseTokens.newBuilder()
                                    .setTokensMax(5)
                                    .setWindowMicros(random.nextInt(60_000_000))
                                    .addAsk(TokenAsk.newBuilder().setAddress(name()).setWanted(3))
                                    .addAsk(TokenAsk.newBuilder().setAddress(name()).setSpent(1)));
            case 11 ->
                    command.setMakeApiKeys(
                            MakeApiKeys.newBuilder()
                                    .addKey(ApiKey.newBuilder().setUid(name()))
                                    .setBegin(random.nextBoolean()));
            case 12 ->
                    command.setRelabelApiKey(
                            RelabelApiKey.newBuilder().setUid(name()).setName(name()));
            case 13 ->
                    command.setDeleteRow(
                            DeleteRow.newBuilder()
                                    .setTable(PutRow.API_KEY_FIELD_NUMBER)
                                    .addKey(KeyPart.newBuilder().setText(name())));
            default ->
                    command.setRecordLogin(
                            RecordLogin.newBuilder()
                                    .setAddress(name())
                                    .setSucceeded(random.nextInt(9) == 0));
        };
    }

    private NewJob.Builder job() {
        return NewJob.newBuilder()
                .setId(name())
                .setType(random.nextBoolean() ? "a" : "b")
                .setAttemptsMax(1 + random.nextInt(3))
                .setDelayMicros(random.nextInt(1_000_000))
                .setBackoffMicros(random.nextInt(1_000_000));
    }

    /** Small enough that caps and lifetimes are met. */
    private Limits.Builder limits() {
        return Limits.newBuilder()
                .setTasksMax(1_000)
                .setTaskRetentionMicros(10_000_000L * (1 + random.nextInt(5)))
                .setIdempotencyKeysMax(3 + random.nextInt(3))
                .setIdempotencyTtlMicros(2_000_000)
                .setSessionsMax(2 + random.nextInt(3))
                .setSessionTtlMicros(2_000_000)
                .setJobsMax(3 + random.nextInt(3))
                .setJobRetentionMicros(2_000_000)
                .setAliasHistoryMax(random.nextInt(3))
                .setCanaryRunsMax(1 + random.nextInt(3))
                .setCdcOverflowBytesMax(1_000)
                .setRateBucketsMax(1 + random.nextInt(3));
    }

    private long number() {
        return 1L + random.nextInt(NUMBERS);
    }

    private String name() {
        return "name-" + random.nextInt(5);
    }
}
