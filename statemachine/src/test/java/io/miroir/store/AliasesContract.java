package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Aliases, of every backend alike. */
public interface AliasesContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    @Test
    default void anAliasFlipsByComparingItsVersion() {
        Aliases aliases = store().aliases();
        assertEquals(
                new Aliases.Flip.Flipped(1),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v1"), 0).orThrow());
        assertEquals(
                new Aliases.Flip.Changed(1),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v2"), 0).orThrow());
        assertEquals(
                new Aliases.Flip.Flipped(2),
                aliases.flip("live", AliasRow.Kind.SINGLE, List.of("v2"), 1).orThrow());
        int historyMax = store().limits().get(READ).limits().aliasHistoryMax();
        for (int i = 0; i < historyMax + 3; i++) {
            aliases.flip("live", AliasRow.Kind.MULTI, List.of("a", "b" + i), Aliases.ANY_VERSION)
                    .orThrow();
        }
        AliasRow row = aliases.get(READ, "live").orElseThrow();
        assertEquals(List.of("a", "b12"), row.targets());
        assertEquals(historyMax, row.history().size());
        assertEquals(List.of("a", "b11"), row.history().getFirst().targets());
        assertTrue(aliases.delete("live").orThrow());
        assertFalse(aliases.delete("live").orThrow());
    }
}
