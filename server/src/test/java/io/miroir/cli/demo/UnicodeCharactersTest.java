package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class UnicodeCharactersTest {
    @Test
    void everyAssignedCharacterIsADocumentOnce() {
        BitSet seen = new BitSet();
        UnicodeCharacters.documents()
                .forEach(
                        document -> {
                            int id = document.get("id").intValue();
                            assertFalse(seen.get(id), "twice: " + id);
                            seen.set(id);
                            for (String field : new String[] {"name", "block", "script"}) {
                                assertFalse(
                                        document.get(field).stringValue().isBlank(),
                                        field + " of " + id);
                            }
                        });
        assertEquals(UnicodeCharacters.count(), seen.cardinality());
        assertTrue(seen.cardinality() > 150_000, "only " + seen.cardinality());
        assertTrue(seen.cardinality() < 200_000, "private use counted? " + seen.cardinality());
        assertTrue(seen.get(0x1F600) && seen.get(0x4E2D) && seen.get('A') && seen.get(0));
        assertFalse(seen.get(0xD800), "a surrogate is no character");
        assertFalse(seen.get(0xE000), "private use has no meaning");
    }

    @Test
    void aLetterIsDescribedWhole() {
        ObjectNode e = UnicodeCharacters.document('é');
        assertEquals(0xE9, e.get("id").intValue());
        assertEquals("U+00E9", e.get("code").stringValue());
        assertEquals("é", e.get("character").stringValue());
        assertEquals("LATIN SMALL LETTER E WITH ACUTE", e.get("name").stringValue());
        assertEquals("Latin 1 Supplement", e.get("block").stringValue());
        assertEquals("Latin", e.get("script").stringValue());
        assertEquals("Lowercase Letter", e.get("category").stringValue());
        assertEquals("Ll", e.get("categoryCode").stringValue());
        assertEquals("Basic Multilingual Plane", e.get("plane").stringValue());
        assertEquals("Left to Right", e.get("direction").stringValue());
        assertEquals("É", e.get("uppercase").stringValue());
        assertEquals("e\u0301", e.get("decomposition").stringValue());
        assertEquals("C3 A9", e.get("utf8").stringValue());
        assertFalse(e.get("mirrored").booleanValue());
        assertFalse(e.has("lowercase"), "only what differs is written");
        assertFalse(e.has("value"), "a letter is worth nothing");
    }

    @Test
    void numbersHaveAValueAndBracketsAMirror() {
        assertEquals(12, UnicodeCharacters.document(0x216B).get("value").intValue());
        assertEquals(9, UnicodeCharacters.document('9').get("value").intValue());
        assertTrue(UnicodeCharacters.document('(').get("mirrored").booleanValue());
        JsonNode grinning = UnicodeCharacters.document(0x1F600);
        assertTrue(grinning.get("emoji").booleanValue());
        assertEquals("GRINNING FACE", grinning.get("name").stringValue());
        assertEquals("Supplementary Multilingual Plane", grinning.get("plane").stringValue());
        assertEquals(
                "Right to Left", UnicodeCharacters.document(0x5D0).get("direction").stringValue());
    }
}
