package io.miroir.capability.stateless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receipt names its task to its own cluster; what is none is told from what is another's. */
class ReceiptsTest {
    private final Receipts ours = new Receipts("11111111-2222-3333-4444-555555555555");

    @ParameterizedTest
    @ValueSource(longs = {0, 42, 4_294_967_295L})
    void aReceiptNamesItsTask(long uid) {
        assertEquals(uid, ours.taskOf(ours.of(uid)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "42",
                "receipt",
                "00000000-42-0000",
                "00000000-99999999999-0000",
                "00000000--1-0000"
            })
    void whatIsNoReceiptIsRefused(String text) {
        ApiException refused = assertThrows(ApiException.class, () -> ours.taskOf(text));
        assertEquals(ErrorCode.MIROIR_INVALID_RECEIPT, refused.code());
        assertTrue(refused.text().contains("not the receipt"), refused.text());
    }

    @Test
    void anotherDigitIsNoticed() {
        String receipt = ours.of(42).replace("-42-", "-43-");
        assertThrows(ApiException.class, () -> ours.taskOf(receipt));
    }

    @Test
    void anotherClustersReceiptIsRefused() {
        String theirs = new Receipts("another").of(42);
        ApiException refused = assertThrows(ApiException.class, () -> ours.taskOf(theirs));
        assertEquals(ErrorCode.MIROIR_INVALID_RECEIPT, refused.code());
        assertTrue(refused.text().contains("another cluster"), refused.text());
    }
}
