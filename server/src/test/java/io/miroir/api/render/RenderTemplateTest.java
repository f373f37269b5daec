package io.miroir.api.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Templates and documents of an index, made such that a node renders them by themselves. */
class RenderTemplateTest {
    private static final Features MULTIMODAL = new Features(Set.of(Feature.MULTIMODAL));

    private static final ObjectNode SETTINGS =
            json(
                    """
                    {'searchableAttributes': ['title'], 'embedders': {
                      'own': {'source': 'userProvided', 'dimensions': 2},
                      'text': {'source': 'openAi', 'documentTemplate': '{{doc.title}}',
                               'documentTemplateMaxBytes': 9},
                      'all': {'source': 'ollama', 'model': 'm'},
                      'both': {'source': 'composite',
                               'indexingEmbedder': {'source': 'rest', 'documentTemplate': 'x'},
                               'searchEmbedder': {'source': 'rest'}},
                      'parts': {'source': 'rest',
                                'indexingFragments': {'a': {'value': {'t': '{{doc.title}}'}}},
                                'searchFragments': {'s': {'value': '{{q}}'}}}}}
                    """);

    @Test
    void templatesOfEmbeddersComeWithTheirText() {
        assertEquals(
                json(
                        "{'kind': 'inlineDocumentTemplate', 'inline': '{{doc.title}}',"
                                + " 'documentTemplateMaxBytes': 9}"),
                template("{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'text'}"));
        assertEquals(
                5,
                template(
                                "{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'text',"
                                        + " 'documentTemplateMaxBytes': 5}")
                        .path("documentTemplateMaxBytes")
                        .asInt());
        assertEquals(
                json("{'kind': 'inlineDocumentTemplate', 'inline': 'x'}"),
                template("{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'both'}"));
        assertEquals(
                json("{'kind': 'inlineFragment', 'inline': {'t': '{{doc.title}}'}}"),
                template(
                        "{'kind': 'indexingFragment', 'indexUid': 'm', 'embedder': 'parts',"
                                + " 'fragment': 'a'}"));
        assertEquals(
                json("{'kind': 'inlineFragment', 'inline': '{{q}}'}"),
                template(
                        "{'kind': 'searchFragment', 'indexUid': 'm', 'embedder': 'parts',"
                                + " 'fragment': 's'}"));
        ObjectNode inline = json("{'kind': 'inlineDocumentTemplate', 'indexUid': 'm'}");
        assertEquals(inline, RenderTemplate.forNodes(inline, _ -> Optional.empty(), MULTIMODAL));
    }

    /** Beside a template, a document has all its fields searchable. */
    @Test
    void theDefaultTemplateWantsAllFieldsSearchable() {
        String all = "{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'all'}";
        assertRefused("miroir_not_implemented", "only where all attributes", all);
        ObjectNode settings = SETTINGS.deepCopy();
        settings.putArray("searchableAttributes").add("*");
        String text =
                RenderTemplate.forNodes(json(all), _ -> Optional.of(settings), MULTIMODAL)
                        .path("inline")
                        .asString();
        assertEquals("{% for field in fields %}", text.substring(0, 25));
    }

    /** The setting can't be changed, so that all indexes have the default. */
    @Test
    void theTemplateOfChatsIsTheDefault() {
        Features chats = new Features(Set.of(Feature.CHAT_COMPLETIONS));
        ObjectNode settings = SETTINGS.deepCopy();
        settings.putArray("searchableAttributes").add("*");
        assertEquals(
                RenderTemplate.forNodes(
                        json("{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'all'}"),
                        _ -> Optional.of(settings),
                        chats),
                RenderTemplate.forNodes(
                        json("{'kind': 'chatDocumentTemplate', 'indexUid': 'm'}"),
                        _ -> Optional.of(settings),
                        chats));
        ApiException refused =
                assertThrows(
                        ApiException.class,
                        () ->
                                RenderTemplate.forNodes(
                                        json("{'kind': 'chatDocumentTemplate', 'indexUid': 'n'}"),
                                        _ -> Optional.empty(),
                                        chats));
        assertEquals("index_not_found", refused.code().wireName());
    }

    @Test
    void whatIsWrongWithATemplateIsToldAsMeilisearchTellsIt() {
        String invalid = "invalid_render_template";
        assertRefused(
                invalid,
                "error while fetching template: parameter `index_uid` missing for kind"
                        + " `documentTemplate`",
                "{'kind': 'documentTemplate', 'embedder': 'text'}");
        assertRefused(
                invalid,
                "parameter `inline` disallowed for kind `documentTemplate`",
                "{'kind': 'documentTemplate', 'inline': 'x', 'indexUid': 'none'}");
        assertRefused(
                "index_not_found",
                "error while fetching template: cannot open index `none`: Index `none` not found.",
                "{'kind': 'documentTemplate', 'indexUid': 'none', 'embedder': 'text'}");
        assertRefused(
                invalid,
                "cannot find embedder `zz` in index `m`",
                "{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'zz'}");
        assertRefused(
                invalid,
                "embedder `own` in index `m` does not use a document template.",
                "{'kind': 'documentTemplate', 'indexUid': 'm', 'embedder': 'own'}");
        assertRefused(
                invalid,
                "embedder `text` in index `m` does not use fragments.",
                "{'kind': 'indexingFragment', 'indexUid': 'm', 'embedder': 'text',"
                        + " 'fragment': 'a'}");
        assertRefused(
                invalid,
                "cannot find search fragment `a` for embedder `parts` in index `m`",
                "{'kind': 'searchFragment', 'indexUid': 'm', 'embedder': 'parts',"
                        + " 'fragment': 'a'}");
        assertRefused(
                "feature_not_enabled",
                "error while fetching template: accessing chat settings requires enabling",
                "{'kind': 'chatDocumentTemplate', 'indexUid': 'm'}");
    }

    @Test
    void documentsAreLookedUp() {
        assertEquals(
                json("{'kind': 'inlineDocument', 'inline': {'id': 1}}"),
                input("{'kind': 'indexDocument', 'indexUid': 'm', 'id': '1'}"));
        assertInputRefused(
                "index_not_found",
                "Cannot open index `none`: Index `none` not found.",
                "{'kind': 'inlineDocument', 'indexUid': 'none', 'inline': {}}");
        assertInputRefused(
                "render_document_not_found",
                "error while fetching input: document `2` not found in `m`",
                "{'kind': 'indexDocument', 'indexUid': 'm', 'id': '2'}");
        assertInputRefused(
                "invalid_render_input",
                "error while fetching input: parameter `id` missing for kind `indexDocument`",
                "{'kind': 'indexDocument', 'indexUid': 'm'}");
        assertInputRefused(
                "invalid_render_input",
                "parameter `index_uid` disallowed for kind `inlineDocument`",
                "{'kind': 'inlineDocument', 'indexUid': 'm', 'inline': {}}");
        ObjectNode inline = json("{'kind': 'inlineDocument', 'inline': {'a': 1}}");
        assertEquals(inline, input("{'kind': 'inlineDocument', 'inline': {'a': 1}}"));
    }

    private static ObjectNode template(String text) {
        return RenderTemplate.forNodes(
                json(text),
                index -> index.equals("m") ? Optional.of(SETTINGS) : Optional.empty(),
                MULTIMODAL);
    }

    private static ObjectNode input(String text) {
        return RenderInput.forNodes(
                json(text),
                "m"::equals,
                (_, id) -> id.equals("1") ? Optional.of(document()) : Optional.empty(),
                MULTIMODAL);
    }

    private static JsonNode document() {
        return json("{'id': 1}");
    }

    private static void assertRefused(String code, String text, String template) {
        assertTold(code, text, assertThrows(ApiException.class, () -> template(template)));
    }

    private static void assertInputRefused(String code, String text, String input) {
        assertTold(code, text, assertThrows(ApiException.class, () -> input(input)));
    }

    private static void assertTold(String code, String text, ApiException refused) {
        assertEquals(code, refused.code().wireName());
        assertEquals(text, shown(refused.text(), text));
    }

    /** The part of a message that is looked for, or all of it where it is not there. */
    private static String shown(String message, String part) {
        return message.contains(part) ? part : message;
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }
}
