package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PortSpanTest {
    @Test
    void belowLinuxUsualOutgoingPorts() {
        assertEquals(new PortSpan(15_000, 32_000), PortSpan.outside(32_768, 60_999));
    }

    @Test
    void belowOutgoingPortsThatBeginLower() {
        assertEquals(new PortSpan(12_000, 16_000), PortSpan.outside(16_000, 65_535));
        assertEquals(new PortSpan(1_024, 2_000), PortSpan.outside(2_000, 65_535));
    }

    @Test
    void aboveThemWhereThereIsNoRoomBelow() {
        assertEquals(new PortSpan(61_000, 65_536), PortSpan.outside(1_024, 60_999));
    }

    @Test
    void theUsualOnesWhereAllArePortsOfConnections() {
        assertEquals(new PortSpan(15_000, 32_000), PortSpan.outside(1_024, 65_535));
    }

    @Test
    void thisMachineHasSome() {
        PortSpan span = PortSpan.ofThisMachine();
        assertTrue(span.first() >= 1_024 && span.end() <= 65_536, span::toString);
        assertTrue(span.end() - span.first() >= 500, span::toString);
    }
}
