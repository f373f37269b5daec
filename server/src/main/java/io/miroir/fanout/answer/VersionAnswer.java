package io.miroir.fanout.answer;

import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The version of a fleet from those of its nodes. */
public final class VersionAnswer {
    private VersionAnswer() {}

    /** The answer with the lowest version; one whose version can't be read comes last. */
    public static Optional<JsonNode> lowest(List<JsonNode> answers) {
        Comparator<ModuleDescriptor.Version> order = Comparator.naturalOrder();
        return answers.stream()
                .filter(answer -> version(answer).isPresent())
                .min(Comparator.comparing(answer -> version(answer).orElseThrow(), order))
                .or(() -> answers.stream().findFirst());
    }

    /** Numbers by their value, and what leads up to a version before it, as a module's. */
    private static Optional<ModuleDescriptor.Version> version(JsonNode answer) {
        try {
            return Optional.of(
                    ModuleDescriptor.Version.parse(answer.path("pkgVersion").asString("")));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }
}
