package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** All beans are there but the one that takes a tenth of a pod's start. */
class LeanMBeanServersTest {
    private final LeanMBeanServers builder = new LeanMBeanServers();
    private final MBeanServer server =
            builder.newMBeanServer("test", null, builder.newMBeanServerDelegate());

    /** A bean like Ratis' own. */
    public interface CountMBean {
        int getCount();
    }

    /** It counts nothing. */
    public static final class Count implements CountMBean {
        @Override
        public int getCount() {
            return 7;
        }
    }

    @Test
    void beansAreRegisteredAndAsked() throws JMException {
        ObjectName name = new ObjectName("Ratis:service=RaftServer,id=pod-0");

        assertEquals(name, server.registerMBean(new Count(), name).getObjectName());

        assertEquals(7, server.getAttribute(name, "Count"));
    }

    @Test
    void theBeanOfJcmdIsLeftOut() throws JMException {
        ObjectName name = new ObjectName("com.sun.management:type=DiagnosticCommand");

        assertEquals(name, server.registerMBean(new Count(), name).getObjectName());

        assertFalse(server.isRegistered(name));
    }

    @Test
    void refusalsAreThoseOfTheServerItself() throws JMException {
        ObjectName name = new ObjectName("Ratis:service=RaftServer,id=pod-0");
        server.registerMBean(new Count(), name);

        assertThrows(
                InstanceAlreadyExistsException.class,
                () -> server.registerMBean(new Count(), name));
        assertTrue(server.isRegistered(name));
    }
}
