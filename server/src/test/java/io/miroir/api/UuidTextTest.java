package io.miroir.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** UUIDs in the forms that Meilisearch reads, and its words for other texts. */
class UuidTextTest {
    private static final String SHOWN = "936da01f-9abd-4d9d-80c7-02af85c822a8";

    @Test
    void allFormsAreShownAlike() {
        for (String form :
                List.of(
                        SHOWN,
                        "936DA01F-9abd-4d9d-80c7-02AF85C822A8",
                        "936da01f9abd4d9d80c702af85c822a8",
                        "urn:uuid:" + SHOWN,
                        "{" + SHOWN + "}")) {
            assertEquals(Optional.of(SHOWN), UuidText.canonical(form), form);
        }
        for (String none :
                List.of(
                        "",
                        "{" + SHOWN,
                        "{936da01f9abd4d9d80c702af85c822a8}",
                        "936da01f-9abd4d9d80c702af85c822a8",
                        SHOWN + "0")) {
            assertEquals(Optional.empty(), UuidText.canonical(none), none);
        }
    }

    @Test
    void whatIsWrongIsToldInMeilisearchsWords() {
        Map<String, String> faults =
                Map.ofEntries(
                        Map.entry("", "invalid length: found 0"),
                        Map.entry("a".repeat(33), "invalid length: found 33"),
                        Map.entry("x".repeat(46), "invalid length: found 46"),
                        Map.entry("x", "invalid character: found `x` at 0"),
                        Map.entry("{" + SHOWN, "invalid character: found `{` at 0"),
                        Map.entry("{g}", "invalid character: found `g` at 1"),
                        Map.entry(
                                "{936da01f-9abd-4d9d-80c7-02af85c822ag}",
                                "invalid character: found `g` at 35"),
                        Map.entry("a".repeat(36), "invalid group count: expected 5, found 1"),
                        Map.entry("1-2", "invalid group count: expected 5, found 2"),
                        Map.entry(
                                "1-2-3-4-5",
                                "invalid group length in group 0: expected 8, found 1"),
                        Map.entry(
                                SHOWN + "00",
                                "invalid group length in group 4: expected 12, found 14"));
        faults.forEach((text, fault) -> assertEquals(fault, UuidText.fault(text), text));
    }
}
