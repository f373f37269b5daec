package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which names move, and what is told where they can't (protocol, rule 7). */
class NameMovesTest {
    private static final Map<String, Long> BORNE = Map.of("a", 1L, "b", 2L, "c", 3L);

    private static NameMoves swap(Swap... swaps) {
        return decide(TaskType.INDEX_SWAP, Details.of(IndexSwaps.details(List.of(swaps))));
    }

    private static NameMoves rename(String from, String to) {
        return decide(TaskType.INDEX_UPDATE, renaming(from, to));
    }

    private static Details renaming(String from, String to) {
        return Details.of(
                Json.object()
                        .putNull("primaryKey")
                        .put("oldIndexUid", from)
                        .put("newIndexUid", to));
    }

    private static NameMoves decide(TaskType type, Details details) {
        return NameMoves.decide(
                type,
                details,
                name -> BORNE.getOrDefault(name, NameMoves.NOBODY),
                name -> name.equals("alias"));
    }

    private static String refusal(NameMoves moves) {
        assertTrue(
                moves.effects().stream().allMatch(IndexEffect.NameExpected.class::isInstance),
                moves::toString);
        return Objects.requireNonNull(moves.error()).path("message").asString();
    }

    @Test
    void namesAreExchangedAndGivenAwayInOneGo() {
        NameMoves moves = swap(new Swap("a", "b", false), new Swap("c", "d", true));
        assertNull(moves.error());
        assertEquals(
                List.of(
                        new IndexEffect.NameExpected("a", 1),
                        new IndexEffect.NameExpected("b", 2),
                        new IndexEffect.NameExpected("c", 3),
                        new IndexEffect.NameExpected("d", 0),
                        new IndexEffect.Swapped(1, 2),
                        new IndexEffect.Renamed(3, "d")),
                moves.effects());
    }

    @Test
    void oneNameThatIsInTheWayKeepsAllFromMoving() {
        assertEquals(
                "Index `d` not found.",
                refusal(swap(new Swap("a", "b", false), new Swap("c", "d", false))));
        assertEquals(
                "Indexes `d`, `e` not found.",
                refusal(swap(new Swap("e", "d", false), new Swap("a", "b", true))));
        assertEquals(
                "Cannot rename `a` to `b` as the index already exists. Hint: You can remove `b`"
                        + " first and then do your remove.",
                refusal(swap(new Swap("a", "b", true))));
    }

    @Test
    void aRenameIsToldInItsOwnWords() {
        assertNull(rename("a", "d").error());
        assertEquals("Index `b` already exists.", refusal(rename("a", "b")));
        assertEquals("Index `d` not found.", refusal(rename("d", "e")));
        assertEquals(
                "There is an alias `alias`: an index needs another name.",
                refusal(rename("a", "alias")));
    }

    @Test
    void aTaskThatMovesNoNameIsNone() {
        assertFalse(NameMoves.isOf(TaskType.INDEX_UPDATE, IndexItems.keyDetails("id")));
        assertFalse(NameMoves.isOf(TaskType.INDEX_UPDATE, renaming("a", "a")));
        assertFalse(NameMoves.isOf(TaskType.DOCUMENT_DELETION, renaming("a", "b")));
        assertTrue(NameMoves.isOf(TaskType.INDEX_UPDATE, renaming("a", "b")));
    }
}
