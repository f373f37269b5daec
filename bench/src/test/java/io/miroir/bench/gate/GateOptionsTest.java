package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is typed is taken as it is meant, or refused. */
class GateOptionsTest {
    @Test
    void rowsAreChosenByPatterns() {
        GateOptions options = GateOptions.of("--rows", "read.*,codec.bytes");
        assertTrue(options.wants("read.task_by_id.local"));
        assertTrue(options.wants("codec.bytes"));
        assertFalse(options.wants("codec.nanos"));
        assertFalse(options.wants("readXtask"));
        assertTrue(GateOptions.of().wants("anything"));
    }

    @Test
    void aFullRunIsTenMillionCommandsLongAndAQuickOneIsNot() {
        assertEquals(10_000_000, GateOptions.of().effort().flatCommands());
        assertTrue(GateOptions.of("--quick").effort().flatCommands() < 1_000_000);
        GateOptions longer = GateOptions.of("--commands", "3000000", "--quick");
        assertEquals(3_000_000, longer.effort().flatCommands());
        assertEquals(Bench.Effort.QUICK.runs(), longer.effort().runs());
        assertTrue(GateOptions.of().effort().runs() >= 10);
    }

    @Test
    void aRunEndsWhenAllIsMeasuredUnlessATimeIsSet() {
        assertTrue(GateOptions.of().minutesMax() >= 24 * 60);
        assertEquals(5, GateOptions.of("--minutes", "5").minutesMax());
        assertFalse(GateOptions.of("--json", "rows.json").resume());
        assertTrue(GateOptions.of("--json", "rows.json", "--resume").resume());
    }

    @Test
    void wrongWordsAreRefused() {
        refused("--rosw");
        refused("--json");
        refused("--minutes", "0");
        refused("--minutes", "many");
        refused("--commands", "9");
        refused("--resume");
    }

    @Test
    void theHelpNamesEveryOption() {
        for (String option :
                new String[] {
                    "--rows", "--list", "--quick", "--commands", "--minutes", "--json", "--resume"
                }) {
            assertTrue(GateOptions.USAGE.contains(option), option);
        }
        assertEquals(GateOptions.Instead.HELP, GateOptions.of("--help").instead());
    }

    private static void refused(String... arguments) {
        assertThrows(IllegalArgumentException.class, () -> GateOptions.of(arguments));
    }
}
