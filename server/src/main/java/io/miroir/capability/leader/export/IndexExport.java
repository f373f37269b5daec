package io.miroir.capability.leader.export;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.export.ExportRequest.Chosen;
import io.miroir.api.features.Feature;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.search.FilterInput;
import io.miroir.api.settings.Setting;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.cluster.IndexView;
import io.miroir.core.filter.Filter;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.IndexWalk;
import io.miroir.fanout.read.KnownIndexes;
import io.miroir.store.index.IndexRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends one index. */
final class IndexExport {
    /** A payload lies in memory, whatever a client asks for. */
    static final long PAYLOAD_BYTES_MAX = 20L << 20;

    /** An index is begun anew when its replicas change under the walk. */
    private static final int TRIES_MAX = 10;

    private final Target target;
    private final long payloadBytes;
    private final KnownIndexes indexes;
    private final DocumentReads reads;
    private final IndexWalk.Meter meter;
    private final Progress progress;

    /** What a try came to. */
    private record Walked(boolean whole, long documents) {}

    IndexExport(
            Target target,
            @Nullable Long payloadBytes,
            KnownIndexes indexes,
            DocumentReads reads,
            IndexWalk.Meter meter,
            Progress progress) {
        this.target = target;
        this.payloadBytes =
                payloadBytes == null
                        ? PAYLOAD_BYTES_MAX
                        : Math.min(payloadBytes, PAYLOAD_BYTES_MAX);
        this.indexes = indexes;
        this.reads = reads;
        this.meter = meter;
        this.progress = progress;
    }

    /**
     * Sends it.
     *
     * @return how many documents; empty if it was deleted
     * @throws ApiException if the other server refuses it, or the filter is wrong
     */
    OptionalLong send(IndexRow named, Chosen chosen) throws InterruptedException {
        Optional<IndexView> index = indexes.of(named.incarnation());
        if (index.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            checkFilter(index.get(), chosen.filter());
            prepare(named, index.get(), chosen.overrideSettings());
            long documents = sendDocuments(named.uid(), index.get(), chosen.filter());
            progress.did(named, documents);
            return OptionalLong.of(documents);
        } catch (GoneException gone) {
            return OptionalLong.empty();
        } catch (Target.FailedException failed) {
            throw failed.error();
        }
    }

    /** The index was deleted while it was read. */
    private static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Before anything is sent, as Meilisearch does. */
    private void checkFilter(IndexView index, @Nullable JsonNode filter)
            throws InterruptedException {
        if (filter == null) {
            return;
        }
        try {
            Filter parsed = FilterInput.parse(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
            if (parsed != null) {
                FilterFeatures.check(parsed, indexes.view().features());
                FilterFeatures.refuseForeign(parsed, ErrorCode.INVALID_DOCUMENT_FILTER);
            }
            ReservedFields.refuseFilter(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
            // What may be filtered is what nodes say.
            walk(filter).check(index);
        } catch (ApiException wrong) {
            throw IndexWalk.isRefusal(wrong)
                    ? new ApiException(
                            wrong.code(), "Index `" + index.row().uid() + "`: " + wrong.text())
                    : wrong;
        }
    }

    private IndexWalk walk(@Nullable JsonNode filter) {
        return new IndexWalk(
                (index, after, limit) -> reads.walk(indexes.asNow(index), after, limit, filter),
                meter);
    }

    /** What was there before keeps its settings, unless they are to be overridden. */
    private void prepare(IndexRow named, IndexView index, boolean override)
            throws InterruptedException {
        String uid = named.uid();
        boolean there = target.has(uid);
        if (!there) {
            progress.makes(named);
            target.create(uid, index.row().primaryKey());
        } else if (override) {
            target.update(uid, index.row().primaryKey());
        }
        if (!there || override || progress.made(named)) {
            target.set(uid, settings(index));
        }
    }

    /** The client's, with their secrets; without those of a feature that is off. */
    private ObjectNode settings(IndexView index) {
        ObjectNode settings = Json.parseObject(index.row().settingsJson());
        SettingsSecrets.requireOpen(settings, "index `" + index.row().uid() + "`");
        if (!indexes.view().features().isOn(Feature.FOREIGN_KEYS)) {
            settings.remove(Setting.FOREIGN_KEYS.key());
        }
        settings.remove(Setting.CHAT.key());
        return settings;
    }

    private long sendDocuments(String uid, IndexView index, @Nullable JsonNode filter)
            throws InterruptedException {
        for (int tries = 1; tries <= TRIES_MAX; tries++) {
            Walked walked = walk(uid, index, filter);
            if (walked.whole()) {
                return walked.documents();
            }
        }
        throw new ApiException(
                ErrorCode.INTERNAL,
                "The replicas of index `%s` changed again and again while it was read."
                        .formatted(uid));
    }

    private Walked walk(String uid, IndexView index, @Nullable JsonNode filter)
            throws InterruptedException {
        long[] documents = {0};
        try (Payload payload = new Payload(payloadBytes, bytes -> target.add(uid, bytes))) {
            boolean whole =
                    walk(filter)
                            .through(
                                    index,
                                    page -> {
                                        for (byte[] document : page) {
                                            payload.add(document);
                                        }
                                        documents[0] += page.size();
                                    });
            if (whole) {
                payload.flush();
            }
            return new Walked(whole, documents[0]);
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        } catch (ApiException unavailable) {
            if (indexes.of(index.row().incarnation()).isEmpty()) {
                throw new GoneException();
            }
            throw unavailable;
        }
    }
}
