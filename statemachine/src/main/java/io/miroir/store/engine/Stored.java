package io.miroir.store.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.miroir.sqlite.CorruptRowException;

/** Columns that hold protobuf. */
public final class Stored {
    private Stored() {}

    /** Parses what an applier wrote; anything else is a corruption and throws. */
    public static <M> M parse(Parser<M> parser, byte[] column) {
        try {
            return parser.parseFrom(column);
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptRowException("a column holds what no applier wrote", e);
        }
    }
}
