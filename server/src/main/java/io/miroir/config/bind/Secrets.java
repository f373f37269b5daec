package io.miroir.config.bind;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where secrets come from: the environment, or a file that a {@code *_file} key names. One that
 * stands in the configuration file or in a flag is refused, as files are copied and flags are seen
 * in process lists. No message holds what was written.
 */
final class Secrets {
    private final Function<String, @Nullable String> environment;
    private final Function<String, Secret> secretFile;
    private final List<Problem> errors;

    Secrets(
            Function<String, @Nullable String> environment,
            Function<String, Secret> secretFile,
            List<Problem> errors) {
        this.environment = environment;
        this.secretFile = secretFile;
        this.errors = errors;
    }

    Secret read(RecordComponent component, Tree.Mapping section, String path) {
        String key = Schema.key(component);
        Env env = component.getAnnotation(Env.class);
        if (section.entries().get(key) instanceof Tree.Scalar written && !written.isEmpty()) {
            if (written.where().isEnvironment()) {
                return new Secret(written.textOrEmpty());
            }
            errors.add(
                    new Problem(
                            written.where(),
                            path,
                            "a secret is not taken from here: " + advice(env, key)));
        }
        String own = env == null ? null : environment.apply(env.value());
        if (own != null && !own.isEmpty()) {
            return new Secret(own);
        }
        if (section.entries().get(key + Schema.FILE_SUFFIX) instanceof Tree.Scalar file
                && !file.isEmpty()) {
            try {
                return secretFile.apply(file.textOrEmpty());
            } catch (IllegalArgumentException e) {
                errors.add(
                        new Problem(file.where(), path + Schema.FILE_SUFFIX, "" + e.getMessage()));
            }
        }
        return Secret.NONE;
    }

    private static String advice(@Nullable Env env, String key) {
        String variable = env == null ? "its environment variable" : env.value();
        return "set " + variable + ", or name a file by `" + key + Schema.FILE_SUFFIX + "`";
    }

    EnvSecret named(Tree tree, String path) {
        String name = tree instanceof Tree.Scalar scalar ? scalar.textOrEmpty() : "?";
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*|")) {
            // The text is not told: someone may have written the secret itself.
            errors.add(
                    new Problem(
                            tree.where(), path, "allowed is the name of an environment variable"));
            return new EnvSecret("", Secret.NONE);
        }
        String value = name.isEmpty() ? null : environment.apply(name);
        return new EnvSecret(name, value == null ? Secret.NONE : new Secret(value));
    }
}
