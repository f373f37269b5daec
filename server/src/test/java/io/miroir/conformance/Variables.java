package io.miroir.conformance;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The {@code ${name}} variables of a scenario, and the tenant tokens that it signs. */
final class Variables {
    /** A case asks for a variable that no earlier step captured. */
    static final class Unresolved extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unresolved(String name) {
            super("${" + name + "} was not captured by an earlier step");
        }
    }

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_:.-]*)}");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, JsonNode> values = new HashMap<>();

    void put(String name, JsonNode value) {
        values.put(name, value);
    }

    void put(String name, String value) {
        values.put(name, StringNode.valueOf(value));
    }

    /** Text with its variables; a value that is not text appears as its JSON. */
    String text(String template) {
        JsonNode value = substituteText(template, true);
        return value.isString() ? value.stringValue() : value.toString();
    }

    JsonNode substitute(JsonNode template, boolean strict) {
        if (template.isString()) {
            return substituteText(template.stringValue(), strict);
        }
        if (template.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(template.size());
            template.forEach(element -> array.add(substitute(element, strict)));
            return array;
        }
        if (template.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> field : template.properties()) {
                JsonNode name = substituteText(field.getKey(), strict);
                object.set(
                        name.isString() ? name.stringValue() : name.toString(),
                        substitute(field.getValue(), strict));
            }
            return object;
        }
        return template;
    }

    private JsonNode substituteText(String template, boolean strict) {
        Matcher matcher = VARIABLE.matcher(template);
        if (matcher.matches() && values.containsKey(matcher.group(1))) {
            return value(matcher.group(1));
        }
        matcher.reset();
        return StringNode.valueOf(
                matcher.replaceAll(
                        m -> {
                            if (!values.containsKey(m.group(1))) {
                                if (strict) {
                                    throw new Unresolved(m.group(1));
                                }
                                return Matcher.quoteReplacement(m.group());
                            }
                            JsonNode value = value(m.group(1));
                            return Matcher.quoteReplacement(
                                    value.isString() ? value.stringValue() : value.toString());
                        }));
    }

    private JsonNode value(String name) {
        @Nullable JsonNode value = values.get(name);
        if (value == null) {
            throw new Unresolved(name);
        }
        return value;
    }

    /** A tenant token as the step specifies it: algorithm, payload, key, text to append. */
    static String sign(JsonNode spec, long nowSeconds) throws GeneralSecurityException {
        String algorithm = spec.path("alg").asString("HS256");
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> claim : spec.path("payload").properties()) {
            payload.set(claim.getKey(), claim.getValue());
        }
        for (String claim : new String[] {"exp", "nbf", "iat"}) {
            JsonNode time = payload.path(claim);
            if (time.isString() && time.stringValue().startsWith("now")) {
                String offset = time.stringValue().substring(3);
                payload.put(claim, nowSeconds + (offset.isEmpty() ? 0 : Long.parseLong(offset)));
            }
        }
        String signed =
                base64("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}")
                        + "."
                        + base64(JSON.writeValueAsString(payload));
        String mac = mac(algorithm, spec.path("key").asString(""), signed);
        return signed + "." + mac + spec.path("append").asString("");
    }

    private static String mac(String algorithm, String key, String signed)
            throws GeneralSecurityException {
        if (!algorithm.matches("HS(256|384|512)")) {
            return "";
        }
        String name = "HmacSHA" + algorithm.substring(2);
        Mac mac = Mac.getInstance(name);
        byte[] keyBytes = key.isEmpty() ? new byte[1] : key.getBytes(StandardCharsets.UTF_8);
        mac.init(new SecretKeySpec(keyBytes, name));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
