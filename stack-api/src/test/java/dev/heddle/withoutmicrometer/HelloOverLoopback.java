package dev.heddle.withoutmicrometer;

import dev.heddle.core.host.LoopbackLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends a byte through a stack to itself and says what arrived. */
public final class HelloOverLoopback {

    private HelloOverLoopback() {}

    /** Prints {@code 42}, and the name of the module that the stack comes from. */
    public static void main(String[] arguments) throws Exception {
        try (NetworkStack stack = NetworkStack.builder()
                        .link(new LoopbackLink(Clock.system()))
                        .address("192.0.2.1/24")
                        .build();
                ServerSocket listener = stack.serverSocketFactory().createServerSocket(80);
                Socket client = stack.socketFactory().createSocket("192.0.2.1", 80);
                Socket server = listener.accept()) {
            client.getOutputStream().write(42);
            System.out.println(
                    server.getInputStream().read() + " " + stack.getClass().getModule());
        }
        try {
            Class.forName("io.micrometer.core.instrument.MeterRegistry");
            System.out.println("with Micrometer");
        } catch (ClassNotFoundException e) {
            System.out.println("without Micrometer");
        }
    }
}
