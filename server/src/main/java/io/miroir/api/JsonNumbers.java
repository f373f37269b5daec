package io.miroir.api;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ValueNode;

/**
 * Builds number nodes as Meilisearch keeps numbers: 64-bit integers, signed or unsigned, stay
 * exact; any larger integer becomes a double. What no double holds is no number: Jackson would make
 * the text "Infinity" of it.
 */
final class JsonNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    private static final int UNSIGNED_BITS_MAX = 64;

    @Override
    public ValueNode numberNode(@Nullable BigInteger value) {
        if (value == null) {
            return nullNode();
        }
        boolean unsigned = value.signum() >= 0 && value.bitLength() <= UNSIGNED_BITS_MAX;
        boolean signed = value.bitLength() < UNSIGNED_BITS_MAX;
        return unsigned || signed ? super.numberNode(value) : numberNode(value.doubleValue());
    }

    @Override
    public NumericNode numberNode(double value) {
        if (Double.isInfinite(value)) {
            throw new StreamReadException("number out of range");
        }
        return super.numberNode(value);
    }
}
