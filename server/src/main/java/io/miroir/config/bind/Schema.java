package io.miroir.config.bind;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What keys a record has: its components' names as {@code snake_case}. */
final class Schema {
    /** Ends the key that names a file to read a secret from. */
    static final String FILE_SUFFIX = "_file";

    private Schema() {}

    static String key(RecordComponent component) {
        String name = component.getName();
        StringBuilder key = new StringBuilder(name.length() + 8);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                key.append('_').append(Character.toLowerCase(c));
            } else {
                key.append(c);
            }
        }
        return key.toString();
    }

    /** The words of an enum constant in YAML. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** All keys that a record understands. */
    static List<String> keys(Class<?> type) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.add(key(component));
            if (component.getType() == Secret.class) {
                keys.add(key(component) + FILE_SUFFIX);
            }
        }
        return keys;
    }

    /** Whether a type is a section: a record with keys of its own. */
    static boolean isSection(Class<?> type) {
        return type.isRecord()
                && type != Secret.class
                && type != EnvSecret.class
                && !type.isAnnotationPresent(Text.class);
    }

    /** Every dotted key of a record, with those of its sections. */
    static List<String> allKeys(Class<?> type) {
        List<String> keys = new ArrayList<>(keys(type));
        for (RecordComponent component : type.getRecordComponents()) {
            if (isSection(component.getType())) {
                String section = key(component) + ".";
                allKeys(component.getType()).forEach(key -> keys.add(section + key));
            }
        }
        return keys;
    }

    /** What a list or map holds. */
    static Class<?> element(RecordComponent component) {
        Type generic = component.getGenericType();
        Type[] arguments = ((ParameterizedType) generic).getActualTypeArguments();
        return (Class<?>) arguments[component.getType() == Map.class ? 1 : 0];
    }
}
