package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is typed is taken as it is meant, or refused. */
class LoadOptionsTest {
    @Test
    void optionsAreTaken() {
        LoadOptions none = LoadOptions.of(false);
        assertNull(none.json());
        assertNull(none.meilisearch());
        assertNull(none.documents());
        assertFalse(none.quick() || none.help());
        LoadOptions all =
                LoadOptions.of(
                        true,
                        "--quick",
                        "--json",
                        "x.json",
                        "--meilisearch",
                        "/bin/sh",
                        "--minutes",
                        "7",
                        "--documents",
                        "5000");
        assertEquals(7, all.minutes());
        assertEquals(5_000, all.documents());
        assertTrue(all.quick());
        assertEquals(Path.of("x.json"), all.json());
        assertEquals(Path.of("/bin/sh"), all.meilisearch());
        assertTrue(LoadOptions.of(false, "--help").help());
    }

    @Test
    void wrongWordsAreRefused() {
        refused("--qiuck");
        refused("--json");
        refused("--minutes", "0");
        refused("--minutes", "soon");
        refused("--minutes", "9999");
        refused("--minutes", "99999999999");
        // Not of every measurement.
        refused("--documents", "5");
        refused("--meilisearch", "/no/such/program");
    }

    @Test
    void theHelpNamesEveryOption() {
        for (String option :
                new String[] {"--json", "--meilisearch", "--minutes", "--quick", "--help"}) {
            assertTrue(LoadOptions.USAGE.contains(option), option);
        }
    }

    private static void refused(String... arguments) {
        assertThrows(IllegalArgumentException.class, () -> LoadOptions.of(false, arguments));
    }
}
