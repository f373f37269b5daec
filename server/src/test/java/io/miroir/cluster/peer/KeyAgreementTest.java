package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.tls.LoadedKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When an operator who exchanges a key may take his next step, and what he is told else. */
class KeyAgreementTest {
    private static final LoadedKeys BOTH = secret("old", "new");

    private static LoadedKeys secret(String... fingerprints) {
        return new LoadedKeys("cluster secret", true, List.of(fingerprints), "");
    }

    private static List<String> obstacles(Map<String, Optional<List<LoadedKeys>>> told) {
        return KeyAgreement.obstacles(new TreeMap<>(told));
    }

    private static Optional<List<LoadedKeys>> told(LoadedKeys... keys) {
        return Optional.of(List.of(keys));
    }

    @Test
    void podsThatKnowTheSameAgreeWhateverTheirOwnCertificates() {
        LoadedKeys a = new LoadedKeys("certificate", false, List.of("a"), "");
        LoadedKeys b = new LoadedKeys("certificate", false, List.of("b"), "");
        assertEquals(List.of(), obstacles(Map.of("p0", told(BOTH, a), "p1", told(BOTH, b))));
    }

    @Test
    void whoLagsBehindIsNamedWithWhatHeKnows() {
        assertEquals(
                List.of("the cluster secret differs: p0 has old, new; p1 has old"),
                obstacles(Map.of("p0", told(BOTH), "p1", told(secret("old")))));
        // The order says which one is shown.
        assertEquals(
                List.of("the cluster secret differs: p0 has old, new; p1 has new, old"),
                obstacles(Map.of("p0", told(BOTH), "p1", told(secret("new", "old")))));
    }

    @Test
    void aPodThatIsSilentOrLacksTheKeyOrCannotUseItsFileIsInTheWay() {
        assertEquals(
                List.of("p1 does not tell its keys"),
                obstacles(Map.of("p0", told(BOTH), "p1", Optional.empty())));
        assertEquals(
                List.of("the cluster secret differs: p0 has old, new"),
                obstacles(Map.of("p0", told(BOTH), "p1", told())));
        LoadedKeys half = new LoadedKeys("cluster secret", true, BOTH.fingerprints(), "too short");
        assertEquals(
                List.of("p1 can't use its cluster secret: too short"),
                obstacles(Map.of("p0", told(BOTH), "p1", told(half))));
    }
}
