package io.miroir.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Paths of the cases: {@code a.b[0].c}, {@code a[*].b}, {@code **.x}. */
final class JsonPath {
    private static final Pattern PART = Pattern.compile("\\[\\*]|\\[\\d+]|\\['[^']*']|[^.\\[\\]]+");

    private JsonPath() {}

    /** Parts are names (String), positions (Integer), {@code "*"} or {@code "**"}. */
    static List<Object> parse(String path) {
        List<Object> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(path);
        while (matcher.find()) {
            String part = matcher.group();
            if (part.equals("[*]")) {
                parts.add("*");
            } else if (part.startsWith("['")) {
                parts.add(part.substring(2, part.length() - 2));
            } else if (part.startsWith("[")) {
                parts.add(Integer.valueOf(part.substring(1, part.length() - 1)));
            } else {
                parts.add(part);
            }
        }
        return parts;
    }

    static @Nullable JsonNode get(JsonNode root, List<Object> parts) {
        @Nullable JsonNode node = root;
        for (Object part : parts) {
            if (node == null) {
                return null;
            }
            node = part instanceof Integer i ? node.get(i.intValue()) : node.get((String) part);
        }
        return node;
    }

    static boolean matches(List<Object> pattern, List<Object> path) {
        if (!pattern.isEmpty() && pattern.getFirst().equals("**")) {
            List<Object> rest = pattern.subList(1, pattern.size());
            return path.size() >= rest.size()
                    && matches(rest, path.subList(path.size() - rest.size(), path.size()));
        }
        if (pattern.size() != path.size()) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            if (!pattern.get(i).equals("*") && !pattern.get(i).equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    static String show(List<Object> path) {
        StringBuilder text = new StringBuilder();
        for (Object part : path) {
            if (part instanceof Integer) {
                text.append('[').append(part).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(part);
            }
        }
        return text.isEmpty() ? "<body>" : text.toString();
    }
}
