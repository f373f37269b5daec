package io.miroir.raft;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Accepted;
import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.Canary;
import io.miroir.proto.store.CanaryRun;
import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.ClaimJob;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.ClientObject;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.Feature;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.Intended;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.Limits;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.NewJob;
import io.miroir.proto.store.NodeReplicas;
import io.miroir.proto.store.NodeSettingsVersion;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RecordLogin;
import io.miroir.proto.store.RenewLease;
import io.miroir.proto.store.ReplaceTopology;
import io.miroir.proto.store.RolloverPolicy;
import io.miroir.proto.store.RotateScopedKey;
import io.miroir.proto.store.SearchUiConfig;
import io.miroir.proto.store.SetLimits;
import io.miroir.proto.store.SightScopedKeys;
import io.miroir.proto.store.Sighting;
import io.miroir.proto.store.StartTask;
import io.miroir.proto.store.TakeLease;
import io.miroir.proto.store.Tenant;
import io.miroir.proto.store.TokenAsk;
import io.miroir.proto.store.Webhook;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Commands that leave rows in every table, most of which last for ten years. */
final class RowsOfAllTables {
    private static final long YEARS = 10L * 365 * 86_400 * 1_000_000;
    private static final ByteString BODY =
            ByteString.copyFrom(HexFormat.of().parseHex("ab".repeat(32)));
    private static final String LANE = "movies";

    /** Codes of states: in sync, out. */
    private static final ByteString IN_SYNC = ByteString.copyFrom(new byte[] {1, 1, 1, 1});

    private static final ByteString OUT = ByteString.copyFrom(new byte[] {3, 3, 3, 3});

    private final Function<Command.Builder, Outcome> log;
    private final int tasks;
    private long epoch;
    private long incarnation;

    /**
     * @param log applies a command
     * @param tasks of the index, at least
     */
    RowsOfAllTables(Function<Command.Builder, Outcome> log, int tasks) {
        this.log = log;
        this.tasks = tasks;
    }

    void write() {
        apply(command().setSetLimits(limits()), Outcome::hasVersion);
        anIndexWithTasks();
        whatTheOperatorsHave();
        workAndSessions();
        whatSinksAndTheSearchUiHave();
        aBarrier();
    }

    /** One more task of the index. */
    void writeOnce() {
        bind(LANE, epoch, intend(LANE, epoch, incarnation, null), null);
    }

    private Outcome apply(Command.Builder command, Predicate<Outcome> wanted) {
        Outcome outcome = log.apply(command);
        if (!wanted.test(outcome)) {
            throw new IllegalStateException(command + " " + outcome);
        }
        return outcome;
    }

    private static Command.Builder command() {
        return Command.newBuilder();
    }

    private static SetLimits.Builder limits() {
        return SetLimits.newBuilder()
                .setExpectedVersion(1)
                .setLimits(
                        Limits.newBuilder()
                                .setTasksMax(100_000)
                                .setTaskRetentionMicros(YEARS)
                                .setIdempotencyKeysMax(100_000)
                                .setIdempotencyTtlMicros(YEARS)
                                .setSessionsMax(1_000)
                                .setSessionTtlMicros(YEARS)
                                .setJobsMax(1_000)
                                .setJobRetentionMicros(YEARS)
                                .setAliasHistoryMax(10)
                                .setCanaryRunsMax(10)
                                .setCdcOverflowBytesMax(1 << 20)
                                .setRateBucketsMax(1_000));
    }

    // ---- lanes, the catalogue, tasks

    private void anIndexWithTasks() {
        epoch = claim(LANE);
        Intended first = intend(LANE, epoch, 0, "key-1");
        incarnation = first.getIncarnation();
        bind(
                LANE,
                epoch,
                first,
                Effect.newBuilder()
                        .setCreated(
                                IndexCreated.newBuilder()
                                        .setUid(LANE)
                                        .setIncarnation(incarnation)
                                        .setPrimaryKey("id")
                                        .setShards(4)
                                        .setSettingsJson("{}")
                                        .addReplicas(replicas("node-0"))
                                        .addReplicas(replicas("node-1"))));
        for (int i = 1; i < tasks; i++) {
            writeOnce();
        }
        for (int uid = 0; uid < tasks / 2; uid++) {
            apply(
                    command().setStartTask(StartTask.newBuilder().setUid(uid).setEpoch(epoch)),
                    Outcome::hasDone);
            FinishTask finish =
                    FinishTask.newBuilder()
                            .setUid(uid)
                            .setEpoch(epoch)
                            .setStatus(uid % 2 == 0 ? 2 : 3)
                            .setDetailsJson("{\"receivedDocuments\":1,\"indexedDocuments\":1}")
                            .build();
            apply(command().setFinishTask(finish), Outcome::hasDone);
        }
        apply(
                command()
                        .setMarkReplicas(
                                MarkReplicas.newBuilder()
                                        .setIncarnation(incarnation)
                                        .setNodeId("node-1")
                                        .setStates(OUT)
                                        .setExpectedVersion(1)),
                Outcome::hasVersion);
        apply(
                command()
                        .setAdvanceNodeSettings(
                                NodeSettingsVersion.newBuilder()
                                        .setIndexUid(LANE)
                                        .setNodeId("node-0")
                                        .setVersion(1)),
                Outcome::hasVersion);
        // Stays open.
        intend(LANE, epoch, incarnation, "key-open");
    }

    private static NodeReplicas.Builder replicas(String node) {
        return NodeReplicas.newBuilder().setNodeId(node).setStates(IN_SYNC);
    }

    private long claim(String lane) {
        ClaimLane claim = ClaimLane.newBuilder().setLane(lane).setPodId("pod-x").build();
        return apply(command().setClaimLane(claim), Outcome::hasClaimed).getClaimed();
    }

    private Intended intend(String lane, long laneEpoch, long of, @Nullable String key) {
        Intend.Builder intend =
                Intend.newBuilder()
                        .setLane(lane)
                        .setEpoch(laneEpoch)
                        .setKind("documentAdditionOrUpdate")
                        .setIndexUid(lane)
                        .setBodySha256(BODY)
                        .setSessionId("session-1")
                        .setIncarnation(of)
                        .addTarget("node-0")
                        .addTarget("node-1")
                        .addShard(1)
                        .addShard(3);
        if (key != null) {
            intend.setIdempotencyKey(key).setIdempotencyTtlMicros(YEARS);
        }
        return apply(command().setIntend(intend), Outcome::hasIntended).getIntended();
    }

    private void bind(
            String lane, long laneEpoch, Intended intended, Effect.@Nullable Builder effect) {
        Bind.Builder bind =
                Bind.newBuilder()
                        .setLane(lane)
                        .setEpoch(laneEpoch)
                        .setPosition(intended.getPosition())
                        .setDetailsJson("{\"receivedDocuments\":1}")
                        .addAccepted(Accepted.newBuilder().setNodeId("node-0").setNodeTaskUid(7));
        if (effect != null) {
            bind.addEffect(effect);
        }
        apply(command().setBind(bind), Outcome::hasTaskBorn);
    }

    private void aBarrier() {
        String lane = "other-a";
        long laneEpoch = claim(lane);
        Effect.Builder barrier =
                Effect.newBuilder()
                        .setBarrier(Barrier.newBuilder().addIndexUid(lane).addIndexUid("other-b"));
        bind(lane, laneEpoch, intend(lane, laneEpoch, 0, null), barrier);
    }

    // ---- what operators and clients configure

    private void whatTheOperatorsHave() {
        flip(0, 0, LANE);
        flip(1, 1, LANE, "films");
        apply(
                command().setReplaceTopology(ReplaceTopology.newBuilder().setJson("{}")),
                Outcome::hasVersion);
        ApiKey.Builder key =
                ApiKey.newBuilder()
                        .setUid("k1")
                        .setName("first")
                        .addAction("search")
                        .addIndex("movies*");
        apply(
                command().setMakeApiKeys(MakeApiKeys.newBuilder().setBegin(true).addKey(key)),
                _ -> true);
        put(
                PutRow.newBuilder()
                        .setCanary(
                                Canary.newBuilder()
                                        .setId("canary-1")
                                        .setName("first")
                                        .setIndexUid(LANE)
                                        .setIntervalSeconds(60)
                                        .setQueryJson("{\"q\":\"x\"}")
                                        .setAssertionsJson("[]")
                                        .setEnabled(true)));
        apply(
                command()
                        .setRecordCanaryRun(
                                CanaryRun.newBuilder().setCanaryId("canary-1").setLatencyMillis(3)),
                Outcome::hasUntilMicros);
        put(
                PutRow.newBuilder()
                        .setTenant(
                                Tenant.newBuilder()
                                        .setApiKeySha256(BODY)
                                        .setTenantId("tenant-1")
                                        .setGroupId(1)));
        put(
                PutRow.newBuilder()
                        .setRolloverPolicy(
                                RolloverPolicy.newBuilder()
                                        .setName("logs")
                                        .setWriteAlias("logs-write")
                                        .setReadAlias("logs-read")
                                        .setPattern("logs-{n}")
                                        .setTriggersJson("{}")
                                        .setRetentionJson("{}")
                                        .setTemplateJson("{}")
                                        .setEnabled(true)));
        put(
                PutRow.newBuilder()
                        .setSearchUiConfig(
                                SearchUiConfig.newBuilder().setIndexUid(LANE).setConfigJson("{}")));
        put(
                PutRow.newBuilder()
                        .setWebhook(
                                Webhook.newBuilder()
                                        .setUuid("9f3cb5ea-7d7b-4a4e-9f1d-0c5c0d5bb9a1")
                                        .setUrl("http://127.0.0.1:1/told")
                                        .addHeaderName("authorization")
                                        .addHeaderValue("Bearer x")));
        put(PutRow.newBuilder().setFeature(Feature.newBuilder().setName("metrics").setOn(true)));
        put(
                PutRow.newBuilder()
                        .setClientObject(
                                ClientObject.newBuilder().setName("network").setJson("{}")));
    }

    private void flip(int kind, long expectedVersion, String... targets) {
        FlipAlias.Builder flip =
                FlipAlias.newBuilder()
                        .setName("live")
                        .setAliasKind(kind)
                        .setExpectedVersion(expectedVersion);
        for (String target : targets) {
            flip.addTarget(target);
        }
        apply(command().setFlipAlias(flip), Outcome::hasVersion);
    }

    private void put(PutRow.Builder row) {
        apply(command().setPutRow(row), Outcome::hasDone);
    }

    // ---- jobs, leases, sessions, limits

    private void workAndSessions() {
        EnqueueJobs.Builder jobs = EnqueueJobs.newBuilder();
        for (String id : new String[] {"job-1", "job-2"}) {
            jobs.addJob(
                    NewJob.newBuilder()
                            .setId(id)
                            .setType("backfill")
                            .setPartition(LANE)
                            .setParamsJson("{}")
                            .setAttemptsMax(3)
                            .setBackoffMicros(1_000_000));
        }
        apply(command().setEnqueueJobs(jobs), _ -> true);
        ClaimJob claim =
                ClaimJob.newBuilder()
                        .setPodId("pod-x")
                        .addType("backfill")
                        .setClaimMicros(YEARS)
                        .build();
        apply(command().setClaimJob(claim), Outcome::hasJob);
        TakeLease take =
                TakeLease.newBuilder()
                        .setScope("verify")
                        .setHolder("pod-x")
                        .setLeaseMicros(YEARS)
                        .build();
        long lease = apply(command().setTakeLease(take), Outcome::hasLease).getLease().getEpoch();
        apply(
                command()
                        .setRenewLease(
                                RenewLease.newBuilder()
                                        .setScope("verify")
                                        .setEpoch(lease)
                                        .setLeaseMicros(YEARS)
                                        .setPhaseJson("{\"step\":1}")),
                Outcome::hasUntilMicros);
        put(
                PutRow.newBuilder()
                        .setAdminSession(
                                AdminSession.newBuilder()
                                        .setSessionId("login-1")
                                        .setCsrfToken("token")
                                        .setAdminKeySha256("ab")
                                        // Of the year 2100.
                                        .setExpiresAtMicros(4_102_444_800_000_000L)
                                        .setUserAgent("browser")
                                        .setSourceIp("127.0.0.1")));
        apply(
                command()
                        .setEnqueueTask(
                                EnqueueTask.newBuilder()
                                        .setType(1)
                                        .setDetailsJson("{}")
                                        .setIdempotencyKey(
                                                IdempotencyKey.newBuilder()
                                                        .setKey("key-2")
                                                        .setBodySha256(BODY))),
                Outcome::hasTaskBorn);
        apply(
                command()
                        .setLeaseTokens(
                                LeaseTokens.newBuilder()
                                        .setTokensMax(5)
                                        .setWindowMicros(YEARS)
                                        .addAsk(
                                                TokenAsk.newBuilder()
                                                        .setAddress("10.0.0.1")
                                                        .setWanted(2))),
                Outcome::hasGrants);
        apply(
                command().setRecordLogin(RecordLogin.newBuilder().setAddress("10.0.0.1")),
                Outcome::hasUntilMicros);
    }

    // ---- change data capture, the search UI's keys

    private void whatSinksAndTheSearchUiHave() {
        apply(
                command()
                        .setMoveCursor(
                                CdcCursor.newBuilder()
                                        .setSinkName("sink-1")
                                        .setIndexUid(LANE)
                                        .setSeq(5)),
                Outcome::hasVersion);
        apply(
                command()
                        .setAddOverflow(
                                AddOverflow.newBuilder()
                                        .setSinkName("sink-1")
                                        .setIndexUid(LANE)
                                        .setFirstSeq(6)
                                        .setLastSeq(9)
                                        .setBytes(100)
                                        .setSha256(BODY)
                                        .addPodId("pod-x")),
                Outcome::hasCount);
        for (int generation = 0; generation < 2; generation++) {
            apply(
                    command()
                            .setRotateScopedKey(
                                    RotateScopedKey.newBuilder()
                                            .setIndexUid(LANE)
                                            .setNewUid("scoped-" + generation)
                                            .setExpectedGeneration(generation)),
                    Outcome::hasVersion);
        }
        apply(
                command()
                        .setSightScopedKeys(
                                SightScopedKeys.newBuilder()
                                        .setPodId("pod-x")
                                        .addSighting(
                                                Sighting.newBuilder()
                                                        .setIndexUid(LANE)
                                                        .setGeneration(2))),
                Outcome::hasCount);
    }
}
