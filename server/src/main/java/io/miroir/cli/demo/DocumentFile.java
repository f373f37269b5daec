package io.miroir.cli.demo;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.cli.fleet.FleetException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The user's own documents. The file is read through once before anything is started or sent, so a
 * fault in its last line is told first, and the number of documents is known.
 */
public final class DocumentFile implements Documents {
    private static final int INDEX_CHARS_MAX = 60;

    private final Path file;
    private final PayloadFormat format;
    private final Optional<String> primaryKey;
    private final FieldSurvey survey;

    private DocumentFile(
            Path file, PayloadFormat format, Optional<String> primaryKey, FieldSurvey survey) {
        this.file = file;
        this.format = format;
        this.primaryKey = primaryKey;
        this.survey = survey;
    }

    /** Reads the file through; {@link FleetException} for a missing, empty or malformed one. */
    public static DocumentFile check(Path file, Optional<String> primaryKey) {
        if (!Files.isRegularFile(file)) {
            throw new FleetException(
                    "--data: %s %s."
                            .formatted(
                                    file, Files.exists(file) ? "is not a file" : "does not exist"));
        }
        PayloadFormat format = formatOf(file);
        FieldSurvey survey = new FieldSurvey();
        try {
            read(file, format, survey::see);
        } catch (ApiException e) {
            throw new FleetException(
                    "--data: %s can't be read as %s. %s"
                            .formatted(file, format.name(), e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new FleetException("--data: %s can't be read: %s".formatted(file, e), e);
        }
        if (survey.documents() == 0) {
            throw new FleetException("--data: %s holds no documents.".formatted(file));
        }
        checkPrimaryKey(file, primaryKey, survey.first());
        return new DocumentFile(file, format, primaryKey, survey);
    }

    @Override
    public String index() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String uid = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9_-]+", "_");
        return uid.substring(0, Math.min(INDEX_CHARS_MAX, uid.length()));
    }

    @Override
    public String about() {
        return "documents of " + file.getFileName();
    }

    @Override
    public long count() {
        return survey.documents();
    }

    @Override
    public Optional<String> primaryKey() {
        return primaryKey;
    }

    @Override
    public ObjectNode settings() {
        ObjectNode settings = Json.object();
        ArrayNode filterable = settings.putArray("filterableAttributes");
        survey.facets().forEach(filterable::add);
        return settings;
    }

    @Override
    public List<ExampleSearch> examples() {
        List<ExampleSearch> examples = new ArrayList<>();
        ObjectNode all = Json.object().put("q", "").put("limit", 3);
        ArrayNode facets = all.putArray("facets");
        survey.facets().forEach(facets::add);
        examples.add(new ExampleSearch("everything, with facets", all));
        for (String word : survey.words()) {
            examples.add(
                    new ExampleSearch(
                            "a word of yours", Json.object().put("q", word).put("limit", 3)));
        }
        return examples;
    }

    @Override
    public void read(DocumentReader.Sink sink) throws IOException {
        read(file, format, sink);
    }

    /** The pods would refuse the first batch for the same reason, but only after all is started. */
    private static void checkPrimaryKey(
            Path file, Optional<String> primaryKey, ObjectNode firstDocument) {
        try {
            PrimaryKey key =
                    primaryKey.isPresent()
                            ? new PrimaryKey(primaryKey.get())
                            : PrimaryKey.infer(firstDocument);
            key.idOf(firstDocument);
        } catch (ApiException e) {
            throw new FleetException(
                    "--data: the documents of %s need a primary key; name it with --primary-key. %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static void read(Path file, PayloadFormat format, DocumentReader.Sink sink)
            throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            DocumentReader.read(format, ',', in, sink);
        }
    }

    private static PayloadFormat formatOf(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "json" -> PayloadFormat.JSON;
            case "ndjson", "jsonl" -> PayloadFormat.NDJSON;
            case "csv" -> PayloadFormat.CSV;
            default ->
                    throw new FleetException(
                            ("--data: what %s holds is told by its name, which must end in .json"
                                            + " (a list of objects), .ndjson or .jsonl (an object"
                                            + " a line) or .csv (with a header line).")
                                    .formatted(file));
        };
    }
}
