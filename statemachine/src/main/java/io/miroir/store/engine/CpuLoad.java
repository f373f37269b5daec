package io.miroir.store.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How busy the machine is, or the container's share of it. */
public final class CpuLoad {
    private CpuLoad() {}

    /** Share of all cores that was in use since the last call, 0 to 1; negative: not known. */
    public static double sinceLastCall() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getCpuLoad()
                : -1;
    }
}
