package io.miroir.edge;

import io.miroir.edge.http.Answer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** All metrics as Prometheus reads them. */
public final class Exposition {
    private final CollectorRegistry registry;

    /** Of one registry. */
    public Exposition(CollectorRegistry registry) {
        this.registry = registry;
    }

    /** The text of all metrics. */
    public Answer answer() {
        StringWriter text = new StringWriter();
        try {
            TextFormat.write004(text, registry.metricFamilySamples());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Answer.text(200, TextFormat.CONTENT_TYPE_004, text.toString());
    }
}
