package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.topology.Topologies;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every backend does alike; free of SQL and Raft. A backend that has some rooms only keeps
 * their parts of it. Each test uses lanes and names of its own: the store is shared.
 */
public abstract class TaskStoreContract
        implements LanesContract,
                StandingContract,
                InSyncContract,
                TasksContract,
                AliasesContract,
                JobsContract,
                SessionsContract,
                AccountsContract,
                SettingsTablesContract,
                BarriersContract {
    private static final ReadLevel READ = ReadLevel.LINEARIZABLE;

    @Override
    public abstract TaskStore store();

    @Test
    void theTopologyIsReplacedByComparingItsVersion() {
        long version = store().topology().get(READ).map(t -> t.version()).orElse(0L);
        assertEquals(
                new Topologies.Replacement.Replaced(version + 1),
                store().topology().replace("{}", version).orThrow());
        assertEquals(
                new Topologies.Replacement.Changed(version + 1),
                store().topology().replace("{}", version).orThrow());
    }

    @Test
    void watchersHearOfChangesInOrderAfterAResync() throws Exception {
        // Rule 23: first a resync, then every change above its index, with full rows.
        CountDownLatch resynced = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(3);
        List<Change> changes = new CopyOnWriteArrayList<>();
        Watcher watcher =
                new Watcher() {
                    @Override
                    public void applied(long index, List<Change> batch) {
                        for (Change change : batch) {
                            if (change instanceof Change.AliasChanged alias
                                    && alias.name().equals("watched")) {
                                changes.add(change);
                                told.countDown();
                            }
                        }
                    }

                    @Override
                    public void resync(long index) {
                        resynced.countDown();
                    }
                };
        try (Watch _ = store().watch(watcher)) {
            assertTrue(resynced.await(60, TimeUnit.SECONDS));
            Aliases aliases = store().aliases();
            aliases.flip("watched", AliasRow.Kind.SINGLE, List.of("a"), 0).orThrow();
            aliases.flip("watched", AliasRow.Kind.SINGLE, List.of("b"), 1).orThrow();
            aliases.delete("watched").orThrow();
            assertTrue(told.await(60, TimeUnit.SECONDS));
        }
        AliasRow second = Objects.requireNonNull(((Change.AliasChanged) changes.get(1)).row());
        assertEquals(List.of("b"), second.targets());
        assertEquals(new Change.AliasChanged("watched", null), changes.get(2));
    }

    @Test
    void aCommandForAnotherTermTakesNoEffect() {
        // Mode B: a deposed leader's command is refused by the applier.
        long term = store().status().term();
        Reply<Boolean> deposed = store().fencedBy(term + 7).aliases().delete("nobody");
        Reply.Refused<?> refused = assertInstanceOf(Reply.Refused.class, deposed);
        assertInstanceOf(Refusal.Deposed.class, refused.refusal());
        // The leader's own one does, unless another leads since it was looked up.
        Reply<Boolean> own;
        do {
            term = store().status().term();
            own = store().fencedBy(term).aliases().delete("nobody");
        } while (term != store().status().term());
        assertInstanceOf(Reply.Applied.class, own);
    }

    @Test
    void aCommandThatIsTooLargeIsRefusedBeforeItIsLogged() {
        Reply<Topologies.Replacement> reply = store().topology().replace("x".repeat(64 << 20), 0);
        Reply.Refused<?> refused = assertInstanceOf(Reply.Refused.class, reply);
        assertInstanceOf(Refusal.TooLarge.class, refused.refusal());
    }
}
