package io.miroir.conformance;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a step of a case sends: query, credentials and body. */
final class StepRequest {
    private StepRequest() {}

    static String query(JsonNode query, Variables variables) {
        if (query.isString()) {
            return variables.text(query.stringValue());
        }
        List<String> pairs = new ArrayList<>();
        if (query.isObject()) {
            query.properties().forEach(p -> pairs.add(pair(p.getKey(), p.getValue(), variables)));
        } else {
            query.forEach(p -> pairs.add(pair(p.get(0).asString(), p.get(1), variables)));
        }
        return String.join("&", pairs);
    }

    private static String pair(String name, JsonNode value, Variables variables) {
        String text = value.isString() ? variables.text(value.stringValue()) : value.toString();
        return encode(name) + "=" + encode(text);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static Optional<String> authorization(JsonNode step, Variables variables, String masterKey)
            throws GeneralSecurityException {
        if (step.has("token")) {
            long nowSeconds = InstantSource.system().millis() / 1000;
            JsonNode spec = variables.substitute(step.path("token"), true);
            return Optional.of(Variables.sign(spec, nowSeconds));
        }
        String auth = step.path("auth").asString("master");
        return switch (auth) {
            case "none" -> Optional.empty();
            case "master" -> Optional.of(masterKey);
            default -> Optional.of(variables.text(auth));
        };
    }

    static byte @Nullable [] body(JsonNode step, Variables variables) {
        if (step.has("body")) {
            return bytes(variables.substitute(step.path("body"), true).toString());
        }
        if (step.has("raw")) {
            return bytes(variables.text(step.path("raw").asString()));
        }
        if (step.has("rawBase64")) {
            return Base64.getDecoder().decode(step.path("rawBase64").asString());
        }
        if (step.has("rawRepeat")) {
            JsonNode repeat = step.path("rawRepeat");
            StringBuilder text =
                    new StringBuilder(variables.text(repeat.path("head").asString("")));
            boolean count = repeat.path("count").asBoolean(false);
            for (int n = 0; n < repeat.path("times").asInt(); n++) {
                String part = repeat.path("text").asString();
                text.append(count ? part.replace("{n}", String.valueOf(n)) : part);
            }
            return bytes(text.append(repeat.path("tail").asString("")).toString());
        }
        return null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, String> bearer(String key) {
        return Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
    }
}
