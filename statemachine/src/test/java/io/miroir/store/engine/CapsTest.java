package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Canary;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.RolloverPolicy;
import io.miroir.proto.store.SearchUiConfig;
import io.miroir.proto.store.TakeLease;
import io.miroir.proto.store.Tenant;
import io.miroir.proto.store.Webhook;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.store.alias.Aliases;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.canary.Canaries;
import io.miroir.store.lease.Leases;
import io.miroir.store.rollover.RolloverPolicies;
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

/** Tables that only operators fill refuse what is beyond their cap, and still change what is in. */
class CapsTest {
    private static final long TIME = 1_767_225_600_000_000L;
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
                new Capped(
                        "api_keys",
                        ApiKeys.ROWS_MAX,
                        n ->
                                put(
                                        PutRow.newBuilder()
                                                .setApiKey(ApiKey.newBuilder().setUid("" + n)))),
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
                new Capped("tenant_map", Tenants.ROWS_MAX, CapsTest::tenant),
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
        try (Database database = new DatabaseFiles(dir, Durability.BEHIND_A_LOG).open()) {
            StoreEngine engine = new StoreEngine(database, new WatchHub(0));
            for (int from = 0; from < capped.rowsMax(); from += COMMANDS) {
                int to = Math.min(capped.rowsMax(), from + COMMANDS);
                assertFalse(last(engine, capped, from, to).hasFull(), from + " to " + to);
            }
            int one = capped.rowsMax();
            Outcome beyond = last(engine, capped, one, one + 1);
            assertTrue(beyond.hasFull(), beyond::toString);
            assertEquals(capped.rowsMax(), beyond.getFull().getRowsMax());
            assertEquals(
                    capped.rowsMax(),
                    database.writer().number("SELECT count(*) FROM " + capped.table()));
            assertFalse(last(engine, capped, 0, 1).hasFull(), "a row that is there");
        }
    }

    private static Outcome last(StoreEngine engine, Capped capped, int from, int to) {
        Batch.Builder batch = Batch.newBuilder();
        for (int n = from; n < to; n++) {
            batch.addCommand(capped.row().apply(n));
        }
        long index = engine.committed().index() + 1;
        Outcome last = engine.apply(index, 1, TIME, batch.build()).getOutcomeList().getLast();
        engine.commit();
        return last;
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
