package io.miroir.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import org.junit.jupiter.api.Test;

/** What clients call their keys is kept in every pod. */
class KeyRequestsTest {
    @Test
    void namesAndDescriptionsAreBounded() {
        String longest = "x".repeat(KeyRequests.LABEL_CHARS_MAX);
        ApiKey.Label before = new ApiKey.Label(null, null);
        for (String field : new String[] {"name", "description"}) {
            ApiKey.Label label = KeyRequests.patch(Json.object().put(field, longest)).apply(before);
            assertEquals(longest, field.equals("name") ? label.name() : label.description());
            ApiException refused =
                    assertThrows(
                            ApiException.class,
                            () ->
                                    KeyRequests.patch(Json.object().put(field, longest + "x"))
                                            .apply(before));
            assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, refused.code());
        }
    }
}
