package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever starts the gate is told how long it will take, and the better the longer it runs. */
class ForecastTest {
    private static final Bench.Effort EFFORT = Bench.Effort.FULL;

    @Test
    void whatIsLeftIsTheSumAndFollowsHowLongThoseSoFarTook() {
        Forecast forecast = new Forecast(EFFORT, List.of(of(60), of(60), of(120)));
        assertEquals(Duration.ofMinutes(4), forecast.left());
        forecast.ended(Duration.ofSeconds(90));
        assertEquals(Duration.ofSeconds(270), forecast.left());
        forecast.ended(Duration.ofSeconds(30));
        assertEquals(Duration.ofMinutes(2), forecast.left());
        forecast.ended(Duration.ofMinutes(2));
        assertEquals(Duration.ZERO, forecast.left());
    }

    @Test
    void oneOfSomeSecondsSaysNothingOfTheRest() {
        Forecast forecast = new Forecast(EFFORT, List.of(of(2), of(60)));
        forecast.ended(Duration.ofSeconds(20));
        assertEquals(Duration.ofMinutes(1), forecast.left());
    }

    @Test
    void anArenaIsOpenedOnceForThoseThatFollowEachOther() {
        Measurement read = new ReadRows("read.x", Workload.Kind.TASK_BY_ID_LOCAL, 1);
        Duration one = new Forecast(EFFORT, List.of(read)).left();
        Duration two = new Forecast(EFFORT, List.of(read, read)).left();
        Duration apart = new Forecast(EFFORT, List.of(read, of(0), read)).left();
        assertEquals(one.multipliedBy(2), apart);
        assertEquals(read.expected(EFFORT), two.minus(one));
    }

    @Test
    void eachMeasurementSaysHowLongItTakes() {
        for (Measurement measurement : Rows.measurements()) {
            Duration full = measurement.expected(Bench.Effort.FULL);
            assertTrue(full.toSeconds() > 0, measurement.ids().getFirst());
            assertTrue(full.toHours() < 1, measurement.ids().getFirst());
        }
    }

    private static Measurement of(int seconds) {
        return new Measured(List.of("row"), _ -> Duration.ofSeconds(seconds), _ -> List.<Row>of());
    }
}
