package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an operator may ask an alias to be. */
class AliasRequestTest {
    private static ObjectNode of(int targets) {
        ObjectNode body = Json.object().put("name", "all");
        ArrayNode names = body.putArray("targets");
        IntStream.range(0, targets).forEach(i -> names.add("v" + i));
        return body;
    }

    private static String refused(ObjectNode body) {
        ApiException refusal = assertThrows(ApiException.class, () -> AliasRequest.create(body));
        assertEquals(ErrorCode.BAD_REQUEST, refusal.code());
        return refusal.text();
    }

    @Test
    void anAliasHasSomeTargetsAndNotTooMany() {
        assertEquals(
                Aliases.TARGETS_MAX, AliasRequest.create(of(Aliases.TARGETS_MAX)).targets().size());
        assertTrue(refused(of(Aliases.TARGETS_MAX + 1)).contains("1 to 1000 indexes, not 1001"));
        assertTrue(refused(of(0)).contains("not 0"));
    }

    @Test
    void oneTargetAndAListOfOneAreOfTwoKinds() {
        ObjectNode single = Json.object().put("name", "all").put("target", "v0");
        assertEquals(AliasRow.Kind.SINGLE, AliasRequest.create(single).kind());
        assertEquals(AliasRow.Kind.MULTI, AliasRequest.create(of(1)).kind());
        assertEquals(List.of("v0"), AliasRequest.create(of(1)).targets());
        assertTrue(refused(of(1).put("target", "v0")).contains("either one"));
    }

    @Test
    void noTargetIsNamedTwiceOrIsTheAliasItself() {
        ObjectNode twice = of(2);
        twice.withArray("/targets").add("v1");
        refused(twice);
        refused(of(2).put("name", "v1"));
    }
}
