package io.miroir.api.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.rules.Pin;
import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RuleListTest {
    private static final Tokenizer TOKENIZER =
            new Tokenizer(List.of(), List.of(), List.of(), List.of());

    private static final String FULL =
            """
            {'actions':[{'action':{'position':3,'type':'pin'},
                         'selector':{'id':'7','indexUid':'shop'}}],
             'conditions':{'query':{'words':'Red Sea','isEmpty':null},
                           'time':{'end':null,'start':'2020-01-01T00:00:00.500+02:00','other':1}},
             'active':false,'precedence':5,'description':'d'}
            """;

    /** Shows: a rule is shown as Meilisearch writes it, in whatever order it came. */
    @Test
    void aRuleIsShownInItsForm() {
        assertEquals(
                """
                {"uid":"r","description":"d","precedence":5,"active":false,"conditions":{"time":\
                {"start":"2020-01-01T00:00:00.5+02:00"},"query":{"words":"Red Sea"}},"actions":[\
                {"selector":{"indexUid":"shop","id":"7"},"action":{"type":"pin","position":3}}]}""",
                shown(RuleList.EMPTY.changed("r", json(FULL)), "r"));
        assertEquals(
                "{\"uid\":\"r\",\"active\":true,\"conditions\":{},\"actions\":[]}",
                shown(RuleList.EMPTY.changed("r", json("{}")), "r"));
    }

    /** Shows: what a change leaves out stays, and null brings a field back to its beginning. */
    @Test
    void aChangeIsOfItsFields() {
        RuleList made = RuleList.EMPTY.changed("r", json(FULL));
        assertEquals(shown(made, "r"), shown(made.changed("r", json("{}")), "r"));
        assertTrue(
                shown(made.changed("r", json("{'precedence':6}")), "r")
                        .startsWith("{\"uid\":\"r\",\"description\":\"d\",\"precedence\":6,"));
        String nothing =
                "{'description':null,'precedence':null,'active':null,'conditions':null,'actions':null}";
        assertEquals(
                shown(RuleList.EMPTY.changed("r", json("{}")), "r"),
                shown(made.changed("r", json(nothing)), "r"));
        assertEquals(json(nothing), RuleList.told(json(nothing)));
    }

    /** Shows: a new rule takes the place of one that went, as in an index of Meilisearch. */
    @Test
    void rulesHavePlaces() {
        RuleList list = list("a", "b", "c").without("a").without("none");
        assertEquals("[b, c]", uids(list, "{}"));
        assertEquals("[d, b, c, e]", uids(list.changed("d", rule()).changed("e", rule()), "{}"));
        assertEquals("[a, b]", uids(list("a", "b", "c").without("c"), "{}"));
        assertEquals(0, list.without("b").without("c").size());
    }

    @Test
    void aPageIsOfWhatIsAskedFor() {
        RuleList list =
                RuleList.EMPTY
                        .changed("a", json("{'description':'summer sale','active':false}"))
                        .changed("b", json("{'conditions':{'query':{'words':'Sale'}}}"))
                        .changed("c", json("{'description':'sale of the summer'}"));
        assertEquals("[b]", uids(list, "{'offset':1,'limit':1}"));
        JsonNode page = list.page(json("{'offset':1,'limit':1}"));
        assertEquals(3, page.path("total").asInt());
        assertEquals("[a]", uids(list, "{'filter':{'active':false}}"));
        assertEquals("[a, b, c]", uids(list, "{'filter':{'query':'SALE'}}"));
        assertEquals("[a, c, b]", uids(list, "{'filter':{'query':'sale summer'}}"));
        assertEquals("[c]", uids(list, "{'filter':{'query':'summer','active':true}}"));
        assertEquals("[a, b]", uids(list, "{'filter':{'query':'sale -of'}}"));
        assertEquals("[]", uids(list, "{'filter':{'query':'sal'}}"));
        assertEquals("[a, b, c]", uids(list, "{'filter':{'query':' '}}"));
    }

    /** Shows: the list is stored and read as it is, and searches go by it. */
    @Test
    void aStoredListIsTheSame() {
        RuleList list =
                list("gone", "x").without("gone").changed("r", json(FULL.replace("false", "true")));
        RuleList read = RuleList.parse(list.stored());
        assertEquals(list.stored(), read.stored());
        assertEquals(
                List.of(new Pin("7", 3)),
                read.book()
                        .pins(
                                QueryParts.of(TOKENIZER, "the red sea"),
                                "shop"::equals,
                                Instant.parse("2026-01-01T00:00:00Z")));
        assertEquals(0, RuleList.parse("{}").size());
    }

    /** Shows: what can't be the key of a document pins nothing. */
    @Test
    void anImpossibleKeyPinsNothing() {
        RuleList list =
                RuleList.EMPTY.changed(
                        "r",
                        json(
                                "{'actions':[{'selector':{'id':'a b'},"
                                        + "'action':{'type':'pin','position':0}}]}"));
        assertEquals(
                List.of(),
                list.book().pins(QueryParts.of(TOKENIZER, ""), _ -> true, Instant.EPOCH));
    }

    @Test
    void aListMayBeTooLarge() {
        StringBuilder stored = new StringBuilder("{\"rules\":[");
        for (int i = 0; i < RuleList.RULES_MAX; i++) {
            stored.append("{\"uid\":\"r").append(i).append("\"},");
        }
        stored.setLength(stored.length() - 1);
        RuleList many = RuleList.parse(stored.append("]}").toString());
        assertFalse(many.isTooLarge());
        assertTrue(many.changed("other", rule()).isTooLarge());
        String text = "x".repeat(RuleList.BYTES_MAX);
        JsonNode large = Json.object().put("description", text);
        assertTrue(RuleList.EMPTY.changed("r", large).isTooLarge());
    }

    private static RuleList list(String... uids) {
        RuleList list = RuleList.EMPTY;
        for (String uid : uids) {
            list = list.changed(uid, rule());
        }
        return list;
    }

    private static String uids(RuleList list, String request) {
        return list.page(json(request))
                .path("results")
                .valueStream()
                .map(rule -> rule.path("uid").asString())
                .toList()
                .toString();
    }

    private static String shown(RuleList list, String uid) {
        return Json.text(list.find(uid).orElseThrow());
    }

    private static JsonNode rule() {
        return json("{}");
    }

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }
}
