package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.canary.CanaryRow;
import io.miroir.store.canary.CanaryRunRow;
import io.miroir.store.canary.CanaryRunStatus;
import io.miroir.store.canary.CanaryRuns;
import io.miroir.store.cdc.CdcCursors;
import io.miroir.store.cdc.CdcOverflow;
import io.miroir.store.cdc.CdcSegmentRow;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.feature.FeatureRow;
import io.miroir.store.nodesettings.NodeSettingsVersions;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.ratelimit.RateScope;
import io.miroir.store.scopedkey.ScopedKeys;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Cursors, runs, keys and limits, of every backend alike. */
public interface AccountsContract {
    long MINUTE = 60_000_000;
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void aCursorMovesForwardByComparingAndFreesWhatWaited() {
        CdcCursors cursors = store().cdcCursors();
        CdcOverflow overflow = store().cdcOverflow();
        assertEquals(new CdcCursors.Move.Moved(10), cursors.advance("sink", "a", 0, 10).orThrow());
        // Two publishers that believe to own the same events can't both advance.
        assertEquals(
                new CdcCursors.Move.Changed(10), cursors.advance("sink", "a", 0, 12).orThrow());

        assertEquals(new CdcOverflow.Adding.Delivered(), add(1, 10, 100));
        assertEquals(new CdcOverflow.Adding.Added(100), add(11, 20, 100));
        assertEquals(new CdcOverflow.Adding.Added(100), add(11, 20, 100));
        assertEquals(new CdcOverflow.Adding.Added(150), add(21, 30, 50));
        assertEquals(new CdcOverflow.Adding.Added(157), add(31, 33, 7));
        assertInstanceOf(CdcOverflow.Adding.Full.class, add(40, 50, 1L << 40));

        cursors.advance("sink", "a", 10, 20).orThrow();
        assertEquals(57, overflow.sink(READ, "sink").orElseThrow().bytes());
        assertTrue(overflow.lose("sink", "a", 21).orThrow());
        assertFalse(overflow.lose("sink", "a", 21).orThrow());
        assertEquals(7, overflow.sink(READ, "sink").orElseThrow().bytes());
        assertEquals(10, overflow.sink(READ, "sink").orElseThrow().lostEvents());
        assertEquals(List.of("pod-a", "pod-b"), overflow.of(READ, "sink").getFirst().pods());

        assertEquals(new CdcCursors.Move.Moved(3), cursors.set("sink", "a", 3).orThrow());
        assertEquals(1, cursors.of(READ, "sink").size());
        assertEquals(1, cursors.forget("sink").orThrow());
        assertTrue(overflow.of(READ, "sink").isEmpty());
        assertTrue(cursors.get(READ, "sink", "a").isEmpty());
    }

    @Test
    default void aCanaryKeepsItsLastRunsAndTakesThemWithIt() {
        CanaryRuns runs = store().canaryRuns();
        assertInstanceOf(
                CanaryRuns.Recording.NoSuchCanary.class,
                runs.record("c-1", CanaryRunStatus.PASS, 3, null).orThrow());
        store().canaries().put(new CanaryRow("c-1", "n", "a", 60, "{}", "[]", true, 0)).orThrow();
        int kept = store().limits().get(READ).limits().canaryRunsMax();
        List<Long> ranAt = new ArrayList<>();
        for (int i = 0; i < kept + 5; i++) {
            CanaryRuns.Recording run =
                    runs.record("c-1", CanaryRunStatus.FAIL, i, "[" + i + "]").orThrow();
            ranAt.add(assertInstanceOf(CanaryRuns.Recording.Recorded.class, run).ranAt());
        }
        List<CanaryRunRow> found = runs.of(READ, "c-1", 1_000);
        assertEquals(
                ranAt.subList(5, ranAt.size()).reversed(),
                found.stream().map(CanaryRunRow::ranAt).toList());
        assertEquals(kept + 4, found.getFirst().latencyMillis());
        store().canaries().delete("c-1").orThrow();
        assertTrue(runs.of(READ, "c-1", 1_000).isEmpty());
    }

    @Test
    default void aVerifiedSettingsVersionOnlyAdvances() {
        NodeSettingsVersions versions = store().nodeSettings();
        assertEquals(
                new NodeSettingsVersions.Advance.Advanced(4),
                versions.advance("settings", "node-0", 4).orThrow());
        assertEquals(
                new NodeSettingsVersions.Advance.Behind(4),
                versions.advance("settings", "node-0", 3).orThrow());
        versions.advance("settings", "node-1", 5).orThrow();
        assertEquals(
                List.of(4L, 5L),
                versions.of(READ, "settings").stream().map(row -> row.version()).toList());
        assertEquals(4, versions.get(READ, "settings", "node-0").orElseThrow().version());
    }

    @Test
    default void anOldKeyIsRevokedOnlyWhenEveryLivePodUsesTheNewOne() {
        ScopedKeys keys = store().scopedKeys();
        assertEquals(new ScopedKeys.Rotation.Rotated(1), keys.rotate("ui", "key-1", 0).orThrow());
        assertEquals(new ScopedKeys.Rotation.Changed(1), keys.rotate("ui", "key-2", 0).orThrow());
        Set<String> pods = Set.of("pod-a", "pod-b");
        assertInstanceOf(ScopedKeys.Gate.NothingToRevoke.class, keys.gate(READ, "ui", pods));
        assertEquals(new ScopedKeys.Rotation.Rotated(2), keys.rotate("ui", "key-2", 1).orThrow());
        assertInstanceOf(
                ScopedKeys.Rotation.PreviousInUse.class, keys.rotate("ui", "key-3", 2).orThrow());

        keys.sighted("pod-a", Map.of("ui", 2L)).orThrow();
        keys.sighted("pod-b", Map.of("ui", 1L)).orThrow();
        assertEquals(new ScopedKeys.Gate.WaitingFor(Set.of("pod-b")), keys.gate(READ, "ui", pods));
        keys.sighted("pod-b", Map.of("ui", 2L)).orThrow();
        assertEquals(new ScopedKeys.Gate.Open("key-1", 2), keys.gate(READ, "ui", pods));
        assertFalse(keys.revoked("ui", 1).orThrow());
        assertTrue(keys.revoked("ui", 2).orThrow());
        assertFalse(keys.revoked("ui", 2).orThrow());
        assertEquals("key-2", keys.get(READ, "ui").orElseThrow().primaryUid());
        assertInstanceOf(
                ScopedKeys.Rotation.Rotated.class, keys.rotate("ui", "key-3", 2).orThrow());
    }

    @Test
    default void allPodsTogetherLeaseNoMoreThanTheLimit() {
        RateLimits limits = store().rateLimits();
        List<RateLimits.Ask> asks =
                List.of(new RateLimits.Ask("10.0.0.1", 7, 0), new RateLimits.Ask("10.0.0.2", 7, 3));
        List<Integer> first = tokens(limits, asks);
        assertEquals(List.of(7, 7), first);
        // 10 in the window: 3 are left for one; 3 were spent before, none is left for the other.
        assertEquals(List.of(3, 0), tokens(limits, asks));
        assertEquals(List.of(0, 0), tokens(limits, asks));
    }

    @Test
    default void failedLoginsAreHeldBackLongerEachTime() {
        RateLimits limits = store().rateLimits();
        for (int i = 1; i < RateLimits.FAILURES_BEFORE_BACKOFF; i++) {
            assertEquals(0, limits.login("10.9.9.9", false).orThrow());
        }
        long now = store().status().storeTimeMicros();
        long first = limits.login("10.9.9.9", false).orThrow() - now;
        long second = limits.login("10.9.9.9", false).orThrow() - now;
        assertTrue(first >= RateLimits.BACKOFF_MICROS, first + " µs");
        assertTrue(second >= 2 * RateLimits.BACKOFF_MICROS, second + " µs");
        assertTrue(limits.heldBack(READ, "10.9.9.9").isPresent());
        RateLimits.Grant grant =
                limits.lease(
                                RateScope.ADMIN_LOGIN,
                                10,
                                MINUTE,
                                List.of(new RateLimits.Ask("10.9.9.9", 1, 0)))
                        .orThrow()
                        .getFirst();
        assertEquals(0, grant.tokens());
        assertTrue(grant.heldBackUntil() > now);
        // Other addresses are not, and a success forgets the failures.
        assertTrue(limits.heldBack(READ, "10.9.9.8").isEmpty());
        limits.login("10.9.9.9", true).orThrow();
        assertTrue(limits.heldBack(READ, "10.9.9.9").isEmpty());
    }

    @Test
    default void webhooksKeepTheirHeaders() {
        TreeMap<String, String> headers = new TreeMap<>(Map.of("authorization", "a", "x", ""));
        WebhookRow hook = new WebhookRow("w-1", "http://127.0.0.1:1", headers, 0, 0);
        assertInstanceOf(Table.Put.Written.class, store().webhooks().put(hook).orThrow());
        WebhookRow read = store().webhooks().get(READ, "w-1").orElseThrow();
        assertEquals(headers, read.headers());
        assertTrue(read.createdAt() > 0);
        assertTrue(store().webhooks().delete("w-1").orThrow());
    }

    @Test
    default void aWebhookIsReplacedByComparingItAndOneThatIsGoneDoesNotComeBack() {
        Webhooks hooks = store().webhooks();
        hooks.put(new WebhookRow("w-2", "http://127.0.0.1:1", new TreeMap<>(), 0, 0)).orThrow();
        WebhookRow read = hooks.get(READ, "w-2").orElseThrow();
        assertTrue(hooks.replace(withUrl(read, "http://127.0.0.1:2")).orThrow());
        WebhookRow second = hooks.get(READ, "w-2").orElseThrow();
        assertEquals("http://127.0.0.1:2", second.url());
        assertEquals(read.createdAt(), second.createdAt());
        assertTrue(second.updatedAt() > read.updatedAt());

        assertFalse(hooks.replace(withUrl(read, "http://127.0.0.1:3")).orThrow());
        assertEquals(second, hooks.get(READ, "w-2").orElseThrow());
        assertTrue(hooks.delete("w-2").orThrow());
        assertFalse(hooks.replace(second).orThrow());
        assertTrue(hooks.get(READ, "w-2").isEmpty());
    }

    private static WebhookRow withUrl(WebhookRow row, String url) {
        return new WebhookRow(row.uuid(), url, row.headers(), row.createdAt(), row.updatedAt());
    }

    @Test
    default void ofAnApiKeyOnlyTheLabelChangesAndADeletedOneDoesNotComeBack() {
        ApiKeys keys = store().apiKeys();
        assertInstanceOf(ApiKeys.Making.Made.class, keys.make(key("k1", "search")).orThrow());
        assertInstanceOf(ApiKeys.Making.Taken.class, keys.make(key("k1", "*")).orThrow());
        ApiKeyRow made = keys.get(READ, "k1").orElseThrow();
        assertEquals(List.of("search"), made.actions());
        assertEquals(key("k1", "search").expiry(), made.expiry());
        assertTrue(made.createdAt() > 0);

        assertTrue(keys.relabel(made, null, "for the shop").orThrow());
        ApiKeyRow labelled = keys.get(READ, "k1").orElseThrow();
        assertEquals(
                new ApiKeyRow(
                        "k1",
                        null,
                        "for the shop",
                        made.actions(),
                        made.indexes(),
                        made.expiry(),
                        made.createdAt(),
                        labelled.updatedAt()),
                labelled);
        assertTrue(keys.list(READ, ApiKeys.ROWS_MAX).contains(labelled));
        assertTrue(labelled.updatedAt() > made.updatedAt());
        // Whoever decided on what was there before has seen something else.
        assertFalse(keys.relabel(made, "late", null).orThrow());
        assertEquals(labelled, keys.get(READ, "k1").orElseThrow());

        assertTrue(keys.delete("k1").orThrow());
        assertFalse(keys.relabel(labelled, "late", null).orThrow());
        assertTrue(keys.get(READ, "k1").isEmpty());
        assertFalse(keys.delete("k1").orThrow());
    }

    @Test
    default void aClusterBeginsWithItsKeysOnce() {
        ApiKeys keys = store().apiKeys();
        List<ApiKeyRow> first = List.of(key("d1", "search"), key("d2", "*"));
        assertTrue(keys.begin(first).orThrow());
        long newest = keys.get(READ, "d1").orElseThrow().createdAt();
        assertTrue(newest > keys.get(READ, "d2").orElseThrow().createdAt());
        assertTrue(keys.delete("d1").orThrow());
        assertFalse(keys.begin(first).orThrow());
        assertTrue(keys.get(READ, "d1").isEmpty());
    }

    private static ApiKeyRow key(String uid, String action) {
        return new ApiKeyRow(
                uid,
                "n",
                null,
                List.of(action),
                List.of("movies*"),
                "2042-04-02T00:42:42+02:00",
                0,
                0);
    }

    @Test
    default void aSwitchIsOnUntilItIsOff() {
        for (boolean on : List.of(true, false)) {
            FeatureRow touched = new FeatureRow("metrics", on, 0);
            assertInstanceOf(Table.Put.Written.class, store().features().put(touched).orThrow());
            FeatureRow read = store().features().get(READ, "metrics").orElseThrow();
            assertEquals(on, read.on());
            assertTrue(read.updatedAt() > 0);
        }
        assertEquals(1, store().features().list(READ, 10).size());
    }

    @Test
    default void anObjectIsReplacedOnlyAsItWasRead() {
        ClientObjects objects = store().clientObjects();
        objects.put(new ClientObjectRow("network", "{\"self\":\"a\"}", 0, 0)).orThrow();
        ClientObjectRow read = objects.get(READ, "network").orElseThrow();
        ClientObjectRow changed = new ClientObjectRow("network", "{}", 0, read.updatedAt());
        assertTrue(objects.replace(changed).orThrow());
        assertFalse(objects.replace(changed).orThrow());
        ClientObjectRow after = objects.get(READ, "network").orElseThrow();
        assertEquals("{}", after.json());
        assertTrue(after.updatedAt() > read.updatedAt());
        assertTrue(objects.delete("network").orThrow());
        assertFalse(objects.replace(changed).orThrow());
    }

    private CdcOverflow.Adding add(long first, long last, long bytes) {
        return store().cdcOverflow()
                .add(
                        new CdcSegmentRow(
                                "sink",
                                "a",
                                first,
                                last,
                                bytes,
                                "ab".repeat(32),
                                List.of("pod-a", "pod-b"),
                                0))
                .orThrow();
    }

    private static List<Integer> tokens(RateLimits limits, List<RateLimits.Ask> asks) {
        return limits.lease(RateScope.SEARCH_UI, 10, MINUTE, asks).orThrow().stream()
                .map(RateLimits.Grant::tokens)
                .toList();
    }
}
