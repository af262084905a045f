package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Which options a socket has, and what it refuses as an option or as its value. */
class OptionNameContractTest {

    @SocketContract
    void values_of_another_type_are_refused(Network network) throws Exception {
        OptionContractTest.onEverySocket(network, socket -> {
            for (SocketOption<?> option : common(socket.supportedOptions())) {
                assertFails(
                        IllegalArgumentException.class,
                        "Invalid value 'null'",
                        () -> socket.setOption(untyped(option), null));
            }
            assertFails(
                    IllegalArgumentException.class,
                    "Invalid value 'x'",
                    () -> socket.setOption(untyped(StandardSocketOptions.TCP_NODELAY), "x"));
            assertFails(
                    IllegalArgumentException.class,
                    "Invalid value 'true'",
                    () -> socket.setOption(untyped(StandardSocketOptions.SO_LINGER), true));
        });
    }

    @SuppressWarnings("unchecked") // as a program that is careless with its types
    private static SocketOption<Object> untyped(SocketOption<?> option) {
        return (SocketOption<Object>) option;
    }

    @SocketContract
    void options_that_are_not_the_sockets_are_refused(Network network) throws Exception {
        SocketOption<String> strange = new SocketOption<>() {
            @Override
            public String name() {
                return "STRANGE";
            }

            @Override
            public Class<String> type() {
                return String.class;
            }

            @Override
            public String toString() {
                return "a strange one";
            }
        };
        OptionContractTest.onEverySocket(network, socket -> {
            assertThat(Failures.of(() -> socket.getOption(null))).isExactlyInstanceOf(NullPointerException.class);
            assertThat(Failures.of(() -> socket.setOption(null, 1))).isExactlyInstanceOf(NullPointerException.class);
            assertFails(
                    UnsupportedOperationException.class,
                    "'a strange one' not supported",
                    () -> socket.getOption(strange));
            assertFails(
                    UnsupportedOperationException.class,
                    "'a strange one' not supported",
                    () -> socket.setOption(strange, null));
            assertFails(
                    UnsupportedOperationException.class,
                    "'IP_MULTICAST_TTL' not supported",
                    () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        });
        try (ServerSocket listener = network.servers().createServerSocket()) {
            for (SocketOption<?> option : List.of(
                    StandardSocketOptions.TCP_NODELAY,
                    StandardSocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_LINGER,
                    StandardSocketOptions.SO_KEEPALIVE)) {
                assertFails(
                        UnsupportedOperationException.class,
                        "'" + option + "' not supported",
                        () -> listener.getOption(option));
            }
            assertThat(Failures.of(() -> listener.getOption(null))).isExactlyInstanceOf(NullPointerException.class);
        }
    }

    @SocketContract
    void the_same_options_are_supported_but_for_those_of_queues_and_our_own(Network network) throws Exception {
        try (Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertThat(common(socket.supportedOptions()))
                    .containsExactlyInAnyOrder(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_REUSEADDR,
                            StandardSocketOptions.SO_KEEPALIVE,
                            StandardSocketOptions.SO_LINGER,
                            StandardSocketOptions.IP_TOS,
                            StandardSocketOptions.TCP_NODELAY,
                            ExtendedSocketOptions.TCP_KEEPIDLE,
                            ExtendedSocketOptions.TCP_KEEPINTERVAL,
                            ExtendedSocketOptions.TCP_KEEPCOUNT,
                            ExtendedSocketOptions.TCP_QUICKACK);
            assertThat(common(listener.supportedOptions()))
                    .containsExactlyInAnyOrder(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_REUSEADDR,
                            StandardSocketOptions.IP_TOS,
                            ExtendedSocketOptions.TCP_KEEPIDLE,
                            ExtendedSocketOptions.TCP_KEEPINTERVAL,
                            ExtendedSocketOptions.TCP_KEEPCOUNT,
                            ExtendedSocketOptions.TCP_QUICKACK);
            assertThat(Failures.of(() -> socket.supportedOptions().clear()))
                    .isExactlyInstanceOf(UnsupportedOperationException.class);
            for (SocketOption<?> option : socket.supportedOptions()) {
                if (option != HeddleSocketOptions.TCP_INFO) {
                    assertThat(socket.getOption(option)).isInstanceOf(option.type());
                }
            }
            for (SocketOption<?> option : listener.supportedOptions()) {
                assertThat(listener.getOption(option)).isInstanceOf(option.type());
            }
        }
    }

    private static Set<SocketOption<?>> common(Set<SocketOption<?>> supported) {
        Set<SocketOption<?>> options = new HashSet<>(supported);
        options.remove(StandardSocketOptions.SO_REUSEPORT);
        options.remove(ExtendedSocketOptions.SO_INCOMING_NAPI_ID);
        options.remove(HeddleSocketOptions.TCP_CONGESTION);
        options.remove(HeddleSocketOptions.SO_MAX_PACING_RATE);
        options.remove(HeddleSocketOptions.TCP_USER_TIMEOUT);
        options.remove(HeddleSocketOptions.TCP_LINGER2);
        options.remove(HeddleSocketOptions.TCP_INFO);
        return options;
    }

    @SocketContract
    void a_closed_socket_has_no_options(Network network) throws Exception {
        Socket used = network.clients().createSocket();
        used.setTcpNoDelay(true);
        Socket unused = network.clients().createSocket();
        ServerSocket listener = network.servers().createServerSocket(0);
        used.close();
        unused.close();
        listener.close();
        for (Socket socket : List.of(used, unused)) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    socket::getTcpNoDelay,
                    () -> socket.setTcpNoDelay(true),
                    socket::getKeepAlive,
                    () -> socket.setKeepAlive(true),
                    socket::getOOBInline,
                    () -> socket.setOOBInline(true),
                    socket::getSoLinger,
                    () -> socket.setSoLinger(true, 0),
                    () -> socket.setTrafficClass(0),
                    socket::getReuseAddress,
                    () -> socket.setReuseAddress(true),
                    socket::getSendBufferSize,
                    () -> socket.setSendBufferSize(5_000),
                    socket::getReceiveBufferSize,
                    () -> socket.setReceiveBufferSize(5_000),
                    () -> socket.getOption(StandardSocketOptions.TCP_NODELAY),
                    () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true))) {
                assertFails(SocketException.class, "Socket is closed", call);
            }
        }
        assertFails(SocketException.class, "Socket closed", used::getTrafficClass);
        assertFails(SocketException.class, "Socket is closed", unused::getTrafficClass);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                listener::getReuseAddress,
                () -> listener.setReuseAddress(true),
                listener::getSoTimeout,
                () -> listener.setSoTimeout(1),
                listener::getReceiveBufferSize,
                () -> listener.setReceiveBufferSize(5_000),
                () -> listener.getOption(StandardSocketOptions.SO_RCVBUF),
                () -> listener.setOption(StandardSocketOptions.SO_RCVBUF, 5_000))) {
            assertFails(SocketException.class, "Socket is closed", call);
        }
    }
}
