package io.miroir.raft;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectInstance;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Makes the JVM's server of management beans without the one that stands for {@code jcmd}: to
 * describe it, Java asks each of jcmd's commands for its help, and those of the flight recorder
 * read their files for that, a tenth of a pod's start. Ratis registers a bean, and so needs the
 * server; jcmd itself does not need the bean.
 *
 * <p>Named by {@code -Djavax.management.builder.initial} in packaging/jvm.flags.
 */
public final class LeanMBeanServers extends MBeanServerBuilder {
    private static final String LEFT_OUT = "com.sun.management:type=DiagnosticCommand";

    @Override
    public MBeanServer newMBeanServer(
            String defaultDomain, @Nullable MBeanServer outer, MBeanServerDelegate delegate) {
        MBeanServer server = super.newMBeanServer(defaultDomain, outer, delegate);
        return (MBeanServer)
                Proxy.newProxyInstance(
                        LeanMBeanServers.class.getClassLoader(),
                        new Class<?>[] {MBeanServer.class},
                        (_, method, arguments) -> call(server, method, arguments));
    }

    private static @Nullable Object call(
            MBeanServer server, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("registerMBean")
                && arguments != null
                && arguments[1] instanceof ObjectName name
                && name.getCanonicalName().equals(LEFT_OUT)) {
            return new ObjectInstance(
                    name, Objects.requireNonNull(arguments[0]).getClass().getName());
        }
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
