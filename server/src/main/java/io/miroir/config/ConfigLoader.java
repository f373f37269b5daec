package io.miroir.config;

import io.miroir.config.bind.Binder;
import io.miroir.config.bind.Origin;
import io.miroir.config.bind.Problem;
import io.miroir.config.bind.Secret;
import io.miroir.config.bind.Tree;
import io.miroir.config.bind.YamlReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pod's configuration: flags over environment over file over defaults.
 *
 * <p>Any key can be set by an environment variable {@code MIROIR__SECTION__KEY}; lists and maps are
 * then YAML in one line. Secrets have variables of their own.
 */
public final class ConfigLoader {
    /** Larger files are not a configuration. */
    static final int FILE_BYTES_MAX = 1 << 20;

    private static final int SECRET_BYTES_MAX = 4096;
    private static final String ROOT = "miroir";
    private static final String VARIABLE_PREFIX = "MIROIR__";

    private final NavigableMap<String, String> environment;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    private ConfigLoader(Map<String, String> environment) {
        this.environment = new TreeMap<>(environment);
    }

    /**
     * Reads and checks everything.
     *
     * @param file the YAML file, or null for none
     * @param environment variables with their values
     * @param flags dotted keys below {@code miroir} with their values, as given by {@code --set}
     */
    public static LoadOutcome load(
            @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
        return new ConfigLoader(environment).load(file, flags);
    }

    private LoadOutcome load(@Nullable Path file, Map<String, String> flags) {
        Tree.Mapping written =
                file == null
                        ? Tree.Mapping.empty(Origin.of("configuration"))
                        : root(file, content(file));
        if (written == null) {
            return new LoadOutcome.Refused(inOrder(errors), List.of());
        }
        Tree.Mapping tree = withFlags(withEnvironment(written), flags);
        Binder binder = new Binder(environment::get, this::secretFile, errors, warnings);
        MiroirConfig config = binder.bind(MiroirConfig.class, tree);
        RuleReport report = new RuleReport(tree, List.copyOf(errors));
        Rules.check(config, report);
        errors.addAll(report.errors());
        warnings.addAll(report.warnings());
        return errors.isEmpty()
                ? new LoadOutcome.Loaded(config, inOrder(warnings))
                : new LoadOutcome.Refused(inOrder(errors), inOrder(warnings));
    }

    /** As one reads a file: from its top, and what has no line at the end. */
    private static List<Problem> inOrder(List<Problem> problems) {
        return problems.stream().sorted(Comparator.comparingInt(ConfigLoader::line)).toList();
    }

    private static int line(Problem problem) {
        int line = problem.where().line();
        return line == 0 ? Integer.MAX_VALUE : line;
    }

    private @Nullable String content(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes > FILE_BYTES_MAX) {
                refuse(file, bytes + " bytes: allowed are " + FILE_BYTES_MAX);
                return null;
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            refuse(file, "no such file");
        } catch (CharacterCodingException e) {
            refuse(file, "is not UTF-8");
        } catch (IOException e) {
            refuse(file, "cannot be read: " + e.getMessage());
        }
        return null;
    }

    private void refuse(Path file, String why) {
        errors.add(new Problem(Origin.of(file.toString()), "", why));
    }

    /** What stands below the one top key. */
    private Tree.@Nullable Mapping root(Path file, @Nullable String content) {
        Tree document = content == null ? null : YamlReader.file(content, file.toString(), errors);
        errors.replaceAll(ConfigLoader::belowRoot);
        if (document == null) {
            return null;
        }
        if (document instanceof Tree.Scalar scalar && scalar.isEmpty()) {
            return Tree.Mapping.empty(Origin.of(file.toString()));
        }
        if (!(document instanceof Tree.Mapping top)) {
            refuse(file, "allowed is one top key, `" + ROOT + ":`, with everything below it");
            return null;
        }
        top.entries()
                .forEach(
                        (key, value) -> {
                            if (!key.equals(ROOT)) {
                                String why = "unknown top key `" + key + "`: ";
                                String advice = "everything stands below `" + ROOT + ":`";
                                errors.add(new Problem(value.where(), "", why + advice));
                            }
                        });
        return switch (top.entries().get(ROOT)) {
            case Tree.Mapping mapping ->
                    new Tree.Mapping(Origin.of(file.toString()), mapping.entries());
            case null ->
                    top.entries().isEmpty() ? Tree.Mapping.empty(Origin.of(file.toString())) : null;
            case Tree.Scalar scalar when scalar.isEmpty() ->
                    Tree.Mapping.empty(Origin.of(file.toString()));
            case Tree.Scalar other -> notKeys(file, other);
            case Tree.Listing other -> notKeys(file, other);
        };
    }

    /** Keys are told as they stand below the top key, like in the environment and in flags. */
    private static Problem belowRoot(Problem problem) {
        String prefix = ROOT + ".";
        return problem.key().startsWith(prefix)
                ? new Problem(
                        problem.where(),
                        problem.key().substring(prefix.length()),
                        problem.message())
                : problem;
    }

    private Tree.Mapping notKeys(Path file, Tree other) {
        errors.add(new Problem(other.where(), ROOT, "allowed are keys with values"));
        return Tree.Mapping.empty(Origin.of(file.toString()));
    }

    private Tree.Mapping withEnvironment(Tree.Mapping tree) {
        Tree.Mapping result = tree;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (variable.getKey().startsWith(VARIABLE_PREFIX)) {
                String key = variable.getKey().substring(VARIABLE_PREFIX.length());
                List<String> path = List.of(key.toLowerCase(Locale.ROOT).split("__", -1));
                Origin where = Origin.environment(variable.getKey());
                result = result.with(path, new Tree.Scalar(where, variable.getValue()));
            }
        }
        return result;
    }

    private static Tree.Mapping withFlags(Tree.Mapping tree, Map<String, String> flags) {
        Tree.Mapping result = tree;
        for (Map.Entry<String, String> flag : flags.entrySet()) {
            List<String> path = List.of(flag.getKey().split("\\.", -1));
            Tree value = new Tree.Scalar(Origin.of("flag --set " + flag.getKey()), flag.getValue());
            result = result.with(path, value);
        }
        return result;
    }

    /** A secret's file: its first line. Further ones are those that it is exchanged for. */
    private Secret secretFile(String name) {
        Path file = Path.of(name);
        try {
            if (Files.size(file) > SECRET_BYTES_MAX) {
                throw new IllegalArgumentException(
                        name + ": larger than the " + SECRET_BYTES_MAX + " bytes allowed");
            }
            warnIfOthersRead(file);
            String first =
                    Files.readAllLines(file).stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .findFirst()
                            .orElse("");
            return new Secret(first, file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(name + ": no such file", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + ": cannot be read", e);
        }
    }

    private void warnIfOthersRead(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            warnings.add(
                    new Problem(
                            Origin.of(file.toString()),
                            "",
                            "a secret that every user can read: chmod 600"));
        }
    }
}
