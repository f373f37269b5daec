package io.miroir.api.webhooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.UrlText;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What a webhook may hold: a task store keeps all of it, and a leader reads it all the time. */
class WebhookTest {
    private static ObjectNode body(String url, String header) {
        ObjectNode body = Json.object().put("url", url);
        body.putObject("headers").put("x", header);
        return body;
    }

    private static ApiException refusal(ObjectNode body) {
        return assertThrows(ApiException.class, () -> Webhook.create("u", body));
    }

    @Test
    void aUrlIsNoLongerThanOneThatCanBeCalled() {
        String longest = "http://h/" + "a".repeat(UrlText.CHARS_MAX - 9);
        assertEquals(longest, Webhook.create("u", body(longest, "")).url());
        ApiException refused = refusal(body(longest + "a", ""));
        assertEquals(ErrorCode.INVALID_WEBHOOK_URL, refused.code());
        assertTrue(refused.text().endsWith("aaa...`: longer than 65534 characters"));
        assertTrue(refused.text().length() < 1_000, refused::text);
    }

    @Test
    void headersAreBoundedTogether() {
        String longest = "v".repeat(Webhook.HEADERS_BYTES_MAX - 1);
        Webhook made = Webhook.create("u", body("http://h", longest));
        ObjectNode more = Json.object();
        more.putObject("headers").put("y", "");
        ApiException refused = assertThrows(ApiException.class, () -> made.patched(more));
        assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, refused.code());
        assertEquals(413, refused.status());
    }
}
