package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.canary.CanaryRow;
import io.miroir.store.rollover.RolloverPolicyRow;
import io.miroir.store.searchui.SearchUiConfigRow;
import io.miroir.store.tenant.TenantRow;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Rows that operators write whole and capabilities read: each field comes back as it went in, of
 * every backend alike. No two fields of a row hold the same, so that none can stand for another.
 */
public interface SettingsTablesContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void tenantsKeepTheirGroupOrLeaveItToTheHash() {
        keeps(
                store().tenants(),
                TenantRow::apiKeySha256,
                UnaryOperator.identity(),
                List.of(
                        new TenantRow("0a".repeat(32), "tenant-a", 7),
                        new TenantRow("0b".repeat(32), "tenant-b", 0),
                        new TenantRow("fc".repeat(32), "tenant-c", null)),
                new TenantRow("0a".repeat(32), "tenant-d", null));
    }

    @Test
    default void rolloverPoliciesKeepEachOfTheirParts() {
        keeps(
                store().rolloverPolicies(),
                RolloverPolicyRow::name,
                UnaryOperator.identity(),
                List.of(policy("logs", "w", true), policy("metrics", "v", false)),
                policy("logs", "x", false));
    }

    private static RolloverPolicyRow policy(String name, String writeAlias, boolean enabled) {
        return new RolloverPolicyRow(
                name,
                writeAlias,
                "read",
                "logs-{YYYY}",
                "{\"maxDocs\":1}",
                "{\"keepIndexes\":2}",
                "{\"primaryKey\":\"id\"}",
                enabled);
    }

    @Test
    default void canariesKeepEachOfTheirParts() {
        keeps(
                store().canaries(),
                CanaryRow::id,
                row -> canary(row.id(), row, createdBefore(row.createdAt())),
                List.of(canary("k-1", 60, true), canary("k-2", 3_600, false)),
                canary("k-1", 61, false));
    }

    private static CanaryRow canary(String id, int seconds, boolean enabled) {
        return new CanaryRow(id, "finds it", "movies", seconds, "{\"q\":\"a\"}", "[1]", enabled, 0);
    }

    private static CanaryRow canary(String id, CanaryRow as, long createdAt) {
        return new CanaryRow(
                id,
                as.name(),
                as.indexUid(),
                as.intervalSeconds(),
                as.queryJson(),
                as.assertionsJson(),
                as.enabled(),
                createdAt);
    }

    @Test
    default void searchInterfacesKeepTheirConfiguration() {
        keeps(
                store().searchUiConfigs(),
                SearchUiConfigRow::indexUid,
                row ->
                        new SearchUiConfigRow(
                                row.indexUid(), row.configJson(), createdBefore(row.updatedAt())),
                List.of(
                        new SearchUiConfigRow("books", "{\"title\":\"Bücher\"}", 0),
                        new SearchUiConfigRow("movies", "{}", 0)),
                new SearchUiConfigRow("books", "{\"title\":\"\"}", 0));
    }

    /** What a put leaves to the store: it has stamped something there. */
    private static long createdBefore(long stamped) {
        assertTrue(stamped > 0, "the store stamps a row");
        return 0;
    }

    /** Rows are found by their keys and in their order, replaced whole, and deleted once. */
    private static <R> void keeps(
            Table<String, R> table,
            Function<R, String> key,
            UnaryOperator<R> asPut,
            List<R> rows,
            R secondOfTheFirst) {
        for (R row : rows.reversed()) {
            assertInstanceOf(Table.Put.Written.class, table.put(row).orThrow());
        }
        for (R row : rows) {
            assertEquals(row, asPut.apply(table.get(READ, key.apply(row)).orElseThrow()));
        }
        List<String> keys = rows.stream().map(key).toList();
        assertEquals(rows, listed(table, key, asPut, keys));

        table.put(secondOfTheFirst).orThrow();
        assertEquals(
                secondOfTheFirst,
                asPut.apply(table.get(READ, key.apply(secondOfTheFirst)).orElseThrow()));
        assertEquals(rows.size(), listed(table, key, asPut, keys).size());

        for (String each : keys) {
            assertTrue(table.delete(each).orThrow());
            assertFalse(table.delete(each).orThrow());
            assertTrue(table.get(READ, each).isEmpty());
        }
        assertEquals(List.of(), listed(table, key, asPut, keys));
    }

    /** Of these keys only: other tests share the store. */
    private static <R> List<R> listed(
            Table<String, R> table,
            Function<R, String> key,
            UnaryOperator<R> asPut,
            List<String> keys) {
        return table.list(READ, Table.LIST_LIMIT_MAX).stream()
                .filter(row -> keys.contains(key.apply(row)))
                .map(asPut)
                .toList();
    }
}
