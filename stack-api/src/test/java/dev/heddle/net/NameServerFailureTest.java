package dev.heddle.net;

import static dev.heddle.net.NamedNetwork.FOR_EVER;
import static dev.heddle.net.NamedNetwork.IPV4;
import static dev.heddle.net.NamedNetwork.WWW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import heddle.dnsjava.Flags;
import heddle.dnsjava.Rcode;
import heddle.dnsjava.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS servers that are away, refuse, or do not come to an end; and lookups that wait for them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NameServerFailureTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void a_lookup_that_nobody_answers_ends_in_time_and_says_whom_it_has_asked() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(SHORT, NamedNetwork.FIRST, "192.0.2.54:5353");
                NameServer first = network.server(NamedNetwork.FIRST);
                DatagramSocket second = network.servers.datagramSocketFactory().createDatagramSocket(5353)) {
            first.behaves(NameServer.SILENT);
            assertThat(second.isBound()).isTrue();
            long startNs = System.nanoTime();
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("www.example.org: Temporary failure in name resolution: "
                            + "192.0.2.53 does not answer, 192.0.2.54:5353 does not answer");
            assertThat(System.nanoTime() - startNs)
                    .isBetween(2 * SHORT.toNanos() - 10_000_000, 2 * SHORT.toNanos() + TimeUnit.SECONDS.toNanos(5));
            assertThat(first.asked()).containsExactly("udp A www.example.org.", "udp A www.example.org.");
        }
    }

    @Test
    void the_time_is_for_all_questions_of_a_lookup() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(Duration.ofSeconds(1), NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            // A chain of which each link is told in time, and all of it in almost four times of what a lookup has.
            for (int i = 0; i < 15; i++) {
                server.knows("a" + i + ".example.org 0 CNAME a" + (i + 1) + ".example.org");
            }
            server.behaves((question, answer) -> {
                sleep(250);
                return List.of(answer.toWire());
            });
            assertThatThrownBy(() -> network.find("a0.example.org"))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("192.0.2.53 does not answer");
            // Within its second no more than four were answered, however slow the machine is.
            assertThat(server.asked()).doesNotContain("udp A a5.example.org.");
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void where_nobody_listens_the_next_server_is_asked_at_once() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, "192.0.2.54", "198.51.100.53", NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
        }
    }

    @Test
    void a_lookup_ends_at_once_where_no_server_can_be_reached() {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, "192.0.2.54", "198.51.100.53")) {
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("www.example.org: Temporary failure in name resolution: "
                            + "192.0.2.54: nobody answers at its port, 198.51.100.53: Network is unreachable");
        }
    }

    @Test
    void a_silent_server_holds_up_one_lookup_and_not_those_after_it() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(Duration.ofSeconds(4), NamedNetwork.FIRST, NamedNetwork.THIRD);
                NameServer first = network.server(NamedNetwork.FIRST);
                NameServer third = network.server(NamedNetwork.THIRD)) {
            first.behaves(NameServer.SILENT);
            third.knows("www.example.org 0 A 198.51.100.1", "www.example.org 0 AAAA 2001:db8:1::1");
            for (int i = 0; i < 3; i++) {
                assertThat(network.find(WWW)).containsExactly("198.51.100.1", "2001:db8:1:0:0:0:0:1");
            }
            assertThat(first.asked()).containsExactly("udp A www.example.org.");
            assertThat(third.asked()).hasSize(6);
            // And it is there when the other one is not.
            third.behaves(NameServer.SILENT);
            first.behaves(NameServer.HONEST);
            first.knows("www.example.org 0 A 198.51.100.2");
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.2");
        }
    }

    @Test
    void a_lost_question_is_asked_again() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(Duration.ofSeconds(3), NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            server.behaves((question, answer) ->
                    server.asked().size() == 1 ? List.of() : NameServer.HONEST.answers(question, answer));
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
            assertThat(server.questions().get(0).message().getHeader().getID())
                    .isNotEqualTo(
                            server.questions().get(1).message().getHeader().getID());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP})
    void a_server_that_cannot_say_is_not_the_last_word(int code) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST, NamedNetwork.SECOND);
                NameServer first = network.server(NamedNetwork.FIRST);
                NameServer second = network.server(NamedNetwork.SECOND)) {
            NameServer.Behaviour refusing = (question, answer) -> {
                answer.getHeader().setRcode(code);
                return List.of(answer.toWire());
            };
            first.behaves(refusing);
            second.knows("www.example.org 0 A 198.51.100.1");
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
            second.behaves(refusing);
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining(
                            "192.0.2.54 says %s, 192.0.2.53 says %s".formatted(Rcode.string(code), Rcode.string(code)));
        }
    }

    @Test
    void where_no_server_says_anything_no_other_domain_is_searched() throws Exception {
        try (NamedNetwork network = new NamedNetwork(
                        builder -> builder.dns(NamedNetwork.FIRST).searchDomain("example.net"));
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org.example.net 60 A 203.0.113.66");
            server.behaves((question, answer) -> {
                if (question.toString().endsWith("www.example.org.")) {
                    answer.getHeader().setRcode(Rcode.SERVFAIL);
                }
                return List.of(answer.toWire());
            });
            assertThatThrownBy(() -> network.find(WWW, IPV4))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("192.0.2.53 says SERVFAIL");
            assertThat(server.asked()).containsExactly("udp A www.example.org.");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000, Long.MAX_VALUE / 86_400})
    void a_time_that_is_longer_than_anybody_lives_is_no_short_one(long days) throws Exception {
        try (NamedNetwork network =
                        NamedNetwork.asking(Duration.ofDays(days), NamedNetwork.FIRST, NamedNetwork.SECOND);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
        }
    }

    @Test
    void a_server_that_knows_no_extensions_is_asked_without() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            server.behaves((question, answer) -> {
                if (question.message().getOPT() != null) {
                    answer.removeAllRecords(Section.ANSWER);
                    answer.getHeader().setRcode(Rcode.FORMERR);
                }
                return List.of(answer.toWire());
            });
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
        }
    }

    @Test
    void an_answer_that_is_cut_short_by_tcp_too_is_refused() {
        assertThatThrownBy(() -> lookUpByTcp((connection, answer) -> {
                    answer[4] |= 2;
                    connection.getOutputStream().write(answer);
                }))
                .isExactlyInstanceOf(UnknownHostException.class)
                .hasMessageContaining("192.0.2.53: its answer is cut short even by TCP");
    }

    @Test
    void a_server_that_closes_the_connection_has_not_answered() {
        assertThatThrownBy(() -> lookUpByTcp((connection, answer) -> {
                    connection.getOutputStream().write(answer, 0, answer.length - 1);
                    connection.shutdownOutput();
                }))
                .isExactlyInstanceOf(UnknownHostException.class)
                .hasMessageContaining("192.0.2.53: it has closed the connection instead of answering");
    }

    @Test
    void a_server_that_sends_byte_after_byte_has_no_more_time_than_others() {
        assertThatThrownBy(() -> lookUpByTcp((connection, answer) -> {
                    // Several seconds in all; who waited for each byte anew would have the answer in the end.
                    for (byte one : answer) {
                        connection.getOutputStream().write(one);
                        Thread.sleep(100);
                    }
                }))
                .isExactlyInstanceOf(UnknownHostException.class)
                .hasMessageContaining("192.0.2.53 does not answer");
    }

    @Test
    void an_answer_that_comes_in_pieces_by_tcp_is_put_together() throws Exception {
        lookUpByTcp((connection, answer) -> {
            for (byte one : answer) {
                connection.getOutputStream().write(one);
            }
            connection.shutdownOutput();
        });
    }

    /** Has a server send its answer by TCP only, in its own way. */
    private static void lookUpByTcp(NameServer.StreamBehaviour how) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(Duration.ofSeconds(1), NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            server.behaves((question, answer) -> {
                answer.getHeader().setFlag(Flags.TC);
                return List.of(answer.toWire());
            });
            server.behavesOnStreams(how);
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
        }
    }

    @Test
    void a_server_without_tcp_is_passed_over_when_its_answer_is_long() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                DatagramSocket onlyUdp = network.servers
                        .datagramSocketFactory()
                        .createDatagramSocket(53, InetAddress.getByName(NamedNetwork.FIRST))) {
            Thread.startVirtualThread(() -> {
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[1_000], 1_000);
                    onlyUdp.receive(packet);
                    packet.getData()[2] |= (byte) 0x82;
                    onlyUdp.send(packet);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("192.0.2.53: Connection refused");
        }
    }

    // ---- lookups that wait

    static Stream<Arguments> waiting() {
        return Arrays.stream(BlockedCall.Threads.values())
                .flatMap(threads -> Stream.of(Arguments.of(threads, false), Arguments.of(threads, true)));
    }

    @ParameterizedTest
    @MethodSource("waiting")
    void a_stack_that_closes_ends_its_lookups(BlockedCall.Threads threads, boolean tcp) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.behaves((question, answer) -> {
                answer.getHeader().setFlag(Flags.TC);
                return tcp ? List.of(answer.toWire()) : List.of();
            });
            server.behavesOnStreams(
                    (connection, answer) -> connection.getInputStream().read());
            BlockedCall lookup = BlockedCall.start(threads, () -> network.find(WWW));
            network.client.close(Duration.ZERO);
            assertThat(lookup.failure())
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageStartingWith("www.example.org: Temporary failure in name resolution: 192.0.2.53: ");
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining(OpenSockets.STACK_CLOSED);
            assertThat(network.client.host().bufferPool().usedBytes()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("waiting")
    void an_interrupted_thread_goes_on_looking_up(BlockedCall.Threads threads, boolean tcp) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            CompletableFuture<BlockedCall> asking = new CompletableFuture<>();
            server.behaves((question, answer) -> {
                if (tcp && !question.tcp()) {
                    answer.getHeader().setFlag(Flags.TC);
                    return List.of(answer.toWire());
                }
                if (server.questions().stream()
                                .filter(asked -> asked.tcp() == tcp)
                                .count()
                        > 1) {
                    return List.of(answer.toWire());
                }
                // The first time it waits, and is interrupted. A platform thread goes on with that question.
                asking.join().interrupt();
                if (threads == BlockedCall.Threads.VIRTUAL) {
                    return List.of();
                }
                return List.of(answer.toWire());
            });
            BlockedCall lookup = BlockedCall.startAnyway(threads, () -> {
                Thread.currentThread().interrupt();
                return network.find(WWW, IPV4);
            });
            asking.complete(lookup);
            assertThat(lookup.end()).isEqualTo(new BlockedCall.Outcome(List.of("198.51.100.1"), null, true));
        }
    }

    @Test
    void many_threads_look_up_at_a_time() throws Exception {
        int count = 500;
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            for (int i = 0; i < count; i++) {
                server.knows("h" + i + ".example.org 60 A 198.51." + i / 250 + "." + i % 250);
            }
            List<BlockedCall> lookups = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String host = "h" + i + ".example.org";
                lookups.add(BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> network.find(host, IPV4)));
            }
            for (int i = 0; i < count; i++) {
                assertThat(lookups.get(i).end().result()).isEqualTo(List.of("198.51." + i / 250 + "." + i % 250));
            }
            assertThat(network.client.host().datagramEndpoints()).isEmpty();
        }
    }
}
