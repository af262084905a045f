package dev.heddle.it.programs;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;
import java.rmi.server.UnicastRemoteObject;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects that call those of another such program and are called back, by the JDK's RMI with nothing set. */
public final class Rmi implements Tasks {

    private static final String NAME = "meeting";
    private static final int AT_A_TIME = 8;

    private final RemoteMeeting meeting = new RemoteMeeting();
    private final RemoteListener listener = new RemoteListener();
    private @Nullable Registry registry;

    private Rmi() throws RemoteException {}

    /** No arguments. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new Rmi());
    }

    /** What is called. */
    public interface Meeting extends Remote {

        /** Has a listener hear a content, and returns who it is that calls. */
        String tell(byte[] content, Listener listener) throws RemoteException;
    }

    /** What is called back. */
    public interface Listener extends Remote {

        /** Takes a content and gives it back. */
        byte[] hear(byte[] content) throws RemoteException;
    }

    private static final class RemoteMeeting extends UnicastRemoteObject implements Meeting {

        private static final long serialVersionUID = 1;

        private RemoteMeeting() throws RemoteException {}

        @Override
        public String tell(byte[] content, Listener listener) throws RemoteException {
            Together.expect(Arrays.equals(listener.hear(content), content), "another content");
            try {
                return RemoteServer.getClientHost();
            } catch (ServerNotActiveException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class RemoteListener extends UnicastRemoteObject implements Listener {

        private static final long serialVersionUID = 1;

        private RemoteListener() throws RemoteException {}

        @Override
        public byte[] hear(byte[] content) {
            return content;
        }
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        String first = arguments.get(0);
        return switch (task) {
            case "export" -> export(Integer.parseInt(first));
            case "call" ->
                call(
                        first,
                        Integer.parseInt(arguments.get(1)),
                        Integer.parseInt(arguments.get(2)),
                        GeneratedContent.bytes(Integer.parseInt(arguments.get(3))));
            case "find" -> find(first, Integer.parseInt(arguments.get(1)), arguments.get(2));
            default -> throw new IllegalArgumentException(task);
        };
    }

    private String export(int port) throws RemoteException {
        registry = LocateRegistry.createRegistry(port);
        // Over a connection, whose end a registry asks whether it is of its own host.
        LocateRegistry.getRegistry("localhost", port).rebind(NAME, meeting);
        return String.join(" ", registry.list());
    }

    private String call(String host, int port, int times, byte[] content) throws Exception {
        Meeting other = (Meeting) LocateRegistry.getRegistry(host, port).lookup(NAME);
        Together.run(times, AT_A_TIME, number -> other.tell(content, listener).length());
        return "as " + other.tell(content, listener);
    }

    private static String find(String host, int port, String name) throws Exception {
        return String.valueOf(LocateRegistry.getRegistry(host, port).lookup(name));
    }

    /** What is exported keeps a JVM alive. */
    @Override
    public void close() throws IOException {
        for (Remote exported : new @Nullable Remote[] {meeting, listener, registry}) {
            if (exported != null) {
                UnicastRemoteObject.unexportObject(exported, true);
            }
        }
    }
}
