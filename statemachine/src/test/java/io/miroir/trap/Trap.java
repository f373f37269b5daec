package io.miroir.trap;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A debugger of a program in a process of its own. It holds the thread that comes to a method, so
 * that a kill finds it there however busy the machine is; all other threads go on.
 */
public final class Trap implements AutoCloseable {
    private static final String AGENT =
            "-agentlib:jdwp=transport=dt_socket,server=y,address=127.0.0.1:0,suspend=";

    /** Option of a JVM in which traps can be set at any time. */
    public static final String POSSIBLE = AGENT + "n";

    /** Option of a JVM that begins when a trap is set: it can't have passed it. */
    public static final String AWAITED = AGENT + "y";

    /** What such a JVM says on its standard output, and then its port. */
    public static final String LISTENS = "Listening for transport dt_socket at address: ";

    private static final long LOOK_MILLIS = 10;
    private static final long LISTENS_WITHIN_NANOS = 120_000_000_000L;
    private static final long RETRY_NANOS = 20_000_000;

    private final Target target;
    private final VirtualMachine machine;
    private Place place;
    private @Nullable EventSet held;

    /** A process that was started with {@link #POSSIBLE} or {@link #AWAITED}. */
    public interface Target {
        /** What it is called. */
        String id();

        /** What it said last after {@link #LISTENS}: another one each time a debugger has left. */
        int debugPort();
    }

    /**
     * Where a thread is held.
     *
     * @param type the name of a class
     * @param method all of that name
     * @param time which time that somebody comes there, from 1; only that one is held
     */
    public record Place(String type, String method, int time) {
        /** The first time. */
        public Place(String type, String method) {
            this(type, method, 1);
        }

        /** The first time, in a class that can be named. */
        public Place(Class<?> type, String method) {
            this(type.getName(), method);
        }

        @Override
        public String toString() {
            return type.substring(type.lastIndexOf('.') + 1) + "." + method;
        }
    }

    private Trap(Target target, VirtualMachine machine, Place place) {
        this.target = target;
        this.machine = machine;
        this.place = place;
    }

    /** Sets one; who is beyond that place already is not held. */
    public static Trap in(Target target, Place place) throws IOException {
        Trap trap = new Trap(target, attach(target), place);
        trap.set();
        trap.machine.resume();
        return trap;
    }

    private void set() {
        ClassPrepareRequest loaded = machine.eventRequestManager().createClassPrepareRequest();
        loaded.addClassFilter(place.type());
        loaded.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        loaded.enable();
        machine.classesByName(place.type()).forEach(this::arm);
    }

    private static VirtualMachine attach(Target target) throws IOException {
        AttachingConnector sockets =
                Bootstrap.virtualMachineManager().attachingConnectors().stream()
                        .filter(connector -> connector.transport().name().equals("dt_socket"))
                        .findFirst()
                        .orElseThrow();
        Map<String, Connector.Argument> arguments = sockets.defaultArguments();
        Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
        // A machine listens again some time after the debugger before has left.
        long giveUpNanos = System.nanoTime() + LISTENS_WITHIN_NANOS;
        while (true) {
            String port = String.valueOf(target.debugPort());
            Objects.requireNonNull(arguments.get("port")).setValue(port);
            try {
                return sockets.attach(arguments);
            } catch (ConnectException e) {
                if (System.nanoTime() > giveUpNanos) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (IllegalConnectorArgumentsException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void arm(ReferenceType type) {
        List<Method> methods = type.methodsByName(place.method());
        if (methods.isEmpty()) {
            throw new AssertionError("there is no " + place + " any more");
        }
        methods.forEach(method -> arm(method, place.time()));
    }

    private void arm(Method method, int time) {
        BreakpointRequest come =
                machine.eventRequestManager().createBreakpointRequest(method.location());
        come.addCountFilter(time);
        come.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        come.enable();
    }

    /** Whose it is. */
    public Target target() {
        return target;
    }

    /** Whether somebody is held; looks for a moment. */
    public boolean holds() {
        if (held != null) {
            return true;
        }
        try {
            EventSet events = machine.eventQueue().remove(LOOK_MILLIS);
            if (events != null) {
                look(events);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return held != null;
    }

    private void look(EventSet events) {
        for (Event event : events) {
            if (event instanceof VMDisconnectEvent) {
                throw new AssertionError(target.id() + " ended before it came to " + place);
            }
            if (event instanceof ClassPrepareEvent loaded) {
                arm(loaded.referenceType());
            }
            if (event instanceof BreakpointEvent) {
                held = events;
            }
        }
        if (held == null) {
            events.resume();
        }
    }

    /** Who is held goes on, to be held again at another place. */
    public void letGoTo(Place next) {
        EventSet gone = Objects.requireNonNull(held, "nobody is held");
        held = null;
        place = next;
        set();
        gone.resume();
    }

    /** Whoever is held goes on, if the member lives. */
    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException killed) {
            // As it should be.
        }
    }
}
