package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Canary;
import io.miroir.proto.store.CdcCursor;
import io.miroir.proto.store.ClientObject;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Feature;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RolloverPolicy;
import io.miroir.proto.store.RotateScopedKey;
import io.miroir.proto.store.SearchUiConfig;
import io.miroir.proto.store.TakeLease;
import io.miroir.proto.store.Tenant;
import io.miroir.proto.store.Webhook;
import io.miroir.store.adminsession.AdminSessions;
import io.miroir.store.alias.Aliases;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.canary.Canaries;
import io.miroir.store.cdc.CdcCursors;
import io.miroir.store.cdc.CdcOverflow;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.feature.FeatureSwitches;
import io.miroir.store.lease.Leases;
import io.miroir.store.rollover.RolloverPolicies;
import io.miroir.store.scopedkey.ScopedKeys;
import io.miroir.store.searchui.SearchUiConfigs;
import io.miroir.store.tenant.Tenants;
import io.miroir.store.webhook.Webhooks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables that refuse what is beyond their cap still change what is in. */
class CapsTest {
    private static final int COMMANDS = 1_000;

    /** A table's cap, and how a row of it is made. */
    record Capped(String table, int rowsMax, IntFunction<Command.Builder> row) {
        @Override
        public String toString() {
            return table;
        }
    }

    static Stream<Capped> tables() {
        return Stream.of(
                new Capped("aliases", Aliases.ROWS_MAX, CapsTest::alias),
                new Capped("leader_lease", Leases.ROWS_MAX, CapsTest::lease),
                new Capped("api_keys", ApiKeys.ROWS_MAX, CapsTest::apiKey),
                new Capped(
                        "canaries",
                        Canaries.ROWS_MAX,
                        n -> put(PutRow.newBuilder().setCanary(Canary.newBuilder().setId("" + n)))),
                new Capped(
                        "rollover_policies",
                        RolloverPolicies.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setRolloverPolicy(
                                                        RolloverPolicy.newBuilder()
                                                                .setName("" + n)))),
                new Capped(
                        "search_ui_config",
                        SearchUiConfigs.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setSearchUiConfig(
                                                        SearchUiConfig.newBuilder()
                                                                .setIndexUid("" + n)))),
                new Capped(
                        "features",
                        FeatureSwitches.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setFeature(Feature.newBuilder().setName("" + n)))),
                new Capped(
                        ClientObjects.TABLE,
                        ClientObjects.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setClientObject(
                                                        ClientObject.newBuilder()
                                                                .setName("" + n)))),
                new Capped("tenant_map", Tenants.ROWS_MAX, CapsTest::tenant),
                new Capped("admin_sessions", AdminSessions.ROWS_MAX, CapsTest::adminSession),
                new Capped("scoped_keys", ScopedKeys.ROWS_MAX, CapsTest::scopedKey),
                new Capped("cdc_cursors", CdcCursors.ROWS_MAX, CapsTest::cursor),
                new Capped("cdc_sinks", CdcOverflow.SINKS_MAX, n -> segment("sink-" + n, 1)),
                new Capped("cdc_overflow", CdcOverflow.SEGMENTS_MAX, n -> segment("one", n + 1)),
                new Capped(
                        "webhooks",
                        Webhooks.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setWebhook(
                                                        Webhook.newBuilder().setUuid("" + n)))));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aFullTableRefusesNewRowsOnly(Capped capped, @TempDir Path dir) {
        try (Entries log = new Entries(dir)) {
            for (int from = 0; from < capped.rowsMax(); from += COMMANDS) {
                int to = Math.min(capped.rowsMax(), from + COMMANDS);
                assertFalse(last(log, capped, from, to).hasFull(), from + " to " + to);
            }
            int one = capped.rowsMax();
            Outcome beyond = last(log, capped, one, one + 1);
            assertTrue(beyond.hasFull(), beyond::toString);
            assertEquals(capped.rowsMax(), beyond.getFull().getRowsMax());
            assertEquals(capped.rowsMax(), log.rows(capped.table()));
            assertFalse(last(log, capped, 0, 1).hasFull(), "a row that is there");
        }
    }

    private static Outcome last(Entries log, Capped capped, int from, int to) {
        Batch.Builder batch = Batch.newBuilder();
        for (int n = from; n < to; n++) {
            batch.addCommand(capped.row().apply(n));
        }
        return log.apply(0, batch.build()).getOutcomeList().getLast();
    }

    private static Command.Builder put(PutRow.Builder row) {
        return Command.newBuilder().setPutRow(row);
    }

    private static Command.Builder alias(int n) {
        return Command.newBuilder()
                .setFlipAlias(
                        FlipAlias.newBuilder()
                                .setName("" + n)
                                .addTarget("movies")
                                .setExpectedVersion(Aliases.ANY_VERSION));
    }

    private static Command.Builder lease(int n) {
        return Command.newBuilder()
                .setTakeLease(
                        TakeLease.newBuilder()
                                .setScope("duty:" + n)
                                .setHolder("pod-a")
                                .setLeaseMicros(3_600_000_000L));
    }

    private static Command.Builder adminSession(int n) {
        return put(
                PutRow.newBuilder()
                        .setAdminSession(
                                AdminSession.newBuilder()
                                        .setSessionId("" + n)
                                        .setExpiresAtMicros(Entries.TIME + Entries.SECOND)));
    }

    private static Command.Builder scopedKey(int n) {
        return Command.newBuilder()
                .setRotateScopedKey(
                        RotateScopedKey.newBuilder().setIndexUid("" + n).setNewUid("key"));
    }

    private static Command.Builder cursor(int n) {
        return Command.newBuilder()
                .setMoveCursor(
                        CdcCursor.newBuilder().setSinkName("" + n).setIndexUid("movies").setSeq(1));
    }

    private static Command.Builder segment(String sink, int seq) {
        return Command.newBuilder()
                .setAddOverflow(
                        AddOverflow.newBuilder()
                                .setSinkName(sink)
                                .setIndexUid("movies")
                                .setFirstSeq(seq)
                                .setLastSeq(seq)
                                .setBytes(1));
    }

    private static Command.Builder apiKey(int n) {
        return Command.newBuilder()
                .setMakeApiKeys(
                        MakeApiKeys.newBuilder().addKey(ApiKey.newBuilder().setUid("" + n)));
    }

    private static Command.Builder tenant(int n) {
        byte[] sha256 = ByteBuffer.allocate(32).putInt(n).array();
        return put(
                PutRow.newBuilder()
                        .setTenant(
                                Tenant.newBuilder()
                                        .setApiKeySha256(ByteString.copyFrom(sha256))
                                        .setTenantId("" + n)));
    }
}
