package io.miroir.config.bind;

import io.miroir.api.strict.DidYouMean;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record out of a {@link Tree}: its components are the keys, its annotations the rules. All
 * faults are collected; where a value is faulty the default stands in, so that the rest is looked
 * at too.
 */
public final class Binder {
    private static final String ONE_VALUE = "allowed is one value, not a list or keys";

    private static final Origin DEFAULT = Origin.of("default");

    private final Function<String, @Nullable String> environment;
    private final Secrets secrets;
    private final List<Problem> errors;
    private final List<Problem> warnings;

    /**
     * @param environment value of a variable, or null
     * @param secretFile content of a file named by a {@code *_file} key; throws {@link
     *     IllegalArgumentException} with the reason when there is none to read
     */
    public Binder(
            Function<String, @Nullable String> environment,
            Function<String, Secret> secretFile,
            List<Problem> errors,
            List<Problem> warnings) {
        this.environment = environment;
        this.secrets = new Secrets(environment, secretFile, errors);
        this.errors = errors;
        this.warnings = warnings;
    }

    /** Binds {@code tree}; what is wrong with it goes to the errors given to the constructor. */
    public <T extends Record> T bind(Class<T> type, Tree.Mapping tree) {
        return type.cast(section(type, tree, ""));
    }

    private Object section(Class<?> type, Tree.Mapping given, String path) {
        Tree.Mapping tree = withoutFormerKeys(type, given, path);
        List<String> keys = Schema.keys(type);
        tree.entries().forEach((key, value) -> checkKnown(type, keys, path, key, value));
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = component(components[i], tree, dotted(path, Schema.key(components[i])));
        }
        return construct(type, components, values);
    }

    private void checkKnown(Class<?> type, List<String> keys, String path, String key, Tree value) {
        if (keys.contains(key)) {
            return;
        }
        String near = DidYouMean.nearest(key, keys);
        String elsewhere = path.isEmpty() ? nearestBelow(type, key) : null;
        String hint;
        if (near != null) {
            hint = "; did you mean `" + near + "`?";
        } else if (elsewhere != null) {
            hint = "; did you mean `" + elsewhere + "`?";
        } else {
            hint = ": allowed are " + String.join(", ", keys);
        }
        errors.add(new Problem(value.where(), dotted(path, key), "unknown key" + hint));
    }

    /** A key that is known in a section, for one that was written above it. */
    private static @Nullable String nearestBelow(Class<?> type, String key) {
        return Schema.allKeys(type).stream()
                .filter(known -> known.endsWith("." + key))
                .findFirst()
                .orElse(null);
    }

    private Tree.Mapping withoutFormerKeys(Class<?> type, Tree.Mapping tree, String path) {
        Tree.Mapping rest = tree;
        for (Former former : type.getAnnotationsByType(Former.class)) {
            Tree value = rest.entries().get(former.value());
            if (value == null) {
                continue;
            }
            Tree.Mapping without = Tree.Mapping.empty(tree.where());
            without.entries().putAll(rest.entries());
            without.entries().remove(former.value());
            if (!former.now().isEmpty()) {
                without.entries().putIfAbsent(former.now(), value);
            }
            boolean says = !(value instanceof Tree.Scalar scalar && scalar.isEmpty());
            if (says) {
                (former.refused() ? errors : warnings)
                        .add(
                                new Problem(
                                        value.where(), dotted(path, former.value()), former.why()));
            }
            rest = without;
        }
        return rest;
    }

    private @Nullable Object component(RecordComponent component, Tree.Mapping tree, String path) {
        String key = Schema.key(component);
        Tree given = tree.entries().get(key);
        Class<?> type = component.getType();
        if (type == Secret.class) {
            return secrets.read(component, tree, path);
        }
        if (given == null) {
            given = fromEnvironment(component);
        }
        if (type == EnvSecret.class) {
            return secrets.named(given == null ? defaultTree(component) : given, path);
        }
        if (Schema.isSection(type)) {
            return section(type, mapping(given, tree.where(), path), path);
        }
        if (type == List.class || type == Map.class) {
            return many(component, given == null ? defaultTree(component) : given, path);
        }
        return scalar(component, given, tree.where(), path);
    }

    private @Nullable Tree fromEnvironment(RecordComponent component) {
        Env env = component.getAnnotation(Env.class);
        String value = env == null ? null : environment.apply(env.value());
        return env == null || value == null || value.isEmpty()
                ? null
                : new Tree.Scalar(Origin.environment(env.value()), value);
    }

    private @Nullable Object scalar(
            RecordComponent component, @Nullable Tree given, Origin section, String path) {
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        if (given instanceof Tree.Scalar written && nullable && written.isEmpty()) {
            return null;
        }
        if (given == null || (given instanceof Tree.Scalar written && written.text() == null)) {
            return standIn(component, nullable, given == null ? section : given.where(), path);
        }
        if (!(given instanceof Tree.Scalar written) || written.text() == null) {
            errors.add(new Problem(given.where(), path, ONE_VALUE));
            return defaultValue(component);
        }
        Object value = one(component, component.getType(), written.text(), given.where(), path);
        return value == null ? defaultValue(component) : value;
    }

    private @Nullable Object standIn(
            RecordComponent component, boolean nullable, Origin where, String path) {
        if (!nullable && component.getAnnotation(Default.class) == null) {
            errors.add(new Problem(where, path, "missing: it must be set"));
        }
        return defaultValue(component);
    }

    /** A single value of a scalar type; null after having reported why there is none. */
    private @Nullable Object one(
            RecordComponent component, Class<?> type, String text, Origin where, String path) {
        Range range = type == component.getType() ? component.getAnnotation(Range.class) : null;
        Scheme scheme = component.getAnnotation(Scheme.class);
        return switch (Scalars.parse(type, text, range, scheme)) {
            case Scalars.Parsed.Value(Object value) -> value;
            case Scalars.Parsed.Warned(Object value, String warning) -> {
                warnings.add(new Problem(where, path, warning));
                yield value;
            }
            case Scalars.Parsed.Refused(String message) -> {
                errors.add(new Problem(where, path, message));
                yield null;
            }
        };
    }

    private Object many(RecordComponent component, Tree given, String path) {
        boolean isList = component.getType() == List.class;
        Tree tree = inline(given, isList ? "[" : "{");
        if (tree instanceof Tree.Scalar scalar && scalar.isEmpty()) {
            return isList ? List.of() : Map.of();
        }
        if (isList && tree instanceof Tree.Listing listing) {
            checkSize(component, given.where(), path, listing.items().size());
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < listing.items().size(); i++) {
                element(component, listing.items().get(i), path + "[" + i + "]", items::add);
            }
            return List.copyOf(items);
        }
        if (!isList && tree instanceof Tree.Mapping mapping) {
            checkSize(component, given.where(), path, mapping.entries().size());
            Map<String, Object> entries = new LinkedHashMap<>();
            mapping.entries()
                    .forEach(
                            (key, item) ->
                                    element(
                                            component,
                                            item,
                                            dotted(path, key),
                                            value -> entries.put(key, value)));
            return Collections.unmodifiableMap(entries);
        }
        errors.add(
                new Problem(
                        given.where(),
                        path,
                        "allowed is " + (isList ? "a list" : "keys with values")));
        return isList ? List.of() : Map.of();
    }

    private void checkSize(RecordComponent component, Origin where, String path, int size) {
        Range range = component.getAnnotation(Range.class);
        if (range != null && (size < range.min() || size > range.max())) {
            errors.add(
                    new Problem(
                            where,
                            path,
                            size + " entries: allowed are " + Scalars.bounds(range) + " entries"));
        }
    }

    /** Lists and keys in a variable, flag or default are YAML in one line. */
    private Tree inline(Tree given, String opening) {
        if (!(given instanceof Tree.Scalar scalar) || !scalar.textOrEmpty().startsWith(opening)) {
            return given;
        }
        Tree tree = YamlReader.value(scalar.textOrEmpty(), scalar.where().source(), errors);
        return tree == null ? new Tree.Scalar(scalar.where(), null) : tree;
    }

    /** Takes an element if it is without fault: nothing stands in for half a node. */
    private void element(
            RecordComponent component, Tree item, String path, Consumer<Object> faultless) {
        Class<?> type = Schema.element(component);
        int errorsBefore = errors.size();
        Object value = null;
        if (Schema.isSection(type)) {
            value = section(type, mapping(item, item.where(), path), path);
        } else if (item instanceof Tree.Scalar(Origin where, String text) && text != null) {
            value = one(component, type == Integer.class ? int.class : type, text, where, path);
        } else {
            errors.add(new Problem(item.where(), path, ONE_VALUE));
        }
        if (value != null && errors.size() == errorsBefore) {
            faultless.accept(value);
        }
    }

    private Tree.Mapping mapping(@Nullable Tree given, Origin section, String path) {
        if (given == null) {
            return Tree.Mapping.empty(section);
        }
        return switch (inline(given, "{")) {
            case Tree.Mapping mapping -> mapping;
            case Tree.Scalar scalar when scalar.isEmpty() -> Tree.Mapping.empty(given.where());
            case Tree.Scalar _, Tree.Listing _ -> {
                errors.add(new Problem(given.where(), path, "allowed are keys with values"));
                yield Tree.Mapping.empty(given.where());
            }
        };
    }

    private static Tree defaultTree(RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        return new Tree.Scalar(DEFAULT, written == null ? null : written.value());
    }

    private @Nullable Object defaultValue(RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        if (written == null) {
            return zero(component.getType());
        }
        return one(component, component.getType(), written.value(), DEFAULT, component.getName());
    }

    /** Stands in for what is missing and reported; nobody sees it, as the whole is refused. */
    private static @Nullable Object zero(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        if (type == long.class) {
            return 0L;
        }
        if (type == double.class) {
            return 0.0;
        }
        return type == String.class ? "" : null;
    }

    private static String dotted(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Object construct(
            Class<?> type, RecordComponent[] components, @Nullable Object[] values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new AssertionError(type + " refused values that were checked", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " has no public canonical constructor", e);
        }
    }
}
