package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PageSizeTest {
    @Test
    void smallDocumentsComeByTheThousand() {
        PageSize size = PageSize.FIRST;
        for (int pages = 0; pages < 10; pages++) {
            size = size.after(size.documents(), 200L * size.documents());
        }
        assertEquals(PageSize.DOCUMENTS_MAX, size.documents());
    }

    @Test
    void largeOnesComeAFewAtATime() {
        assertEquals(4, PageSize.FIRST.after(50, 50L << 20).documents());
        assertEquals(1, PageSize.FIRST.after(50, 50L << 30).documents());
    }

    @Test
    void itGrowsStepByStep() {
        assertEquals(100, PageSize.FIRST.after(50, 50).documents());
        assertEquals(100, PageSize.FIRST.after(0, 0).documents());
    }

    @Test
    void nodesThatDoNotManageAreAskedForLess() {
        PageSize size = PageSize.FIRST;
        assertEquals(25, size.afterFailure().documents());
        for (int tries = 0; tries < 10; tries++) {
            size = size.afterFailure();
        }
        assertEquals(1, size.documents());
    }
}
