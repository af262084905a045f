package dev.heddle.net;

import static dev.heddle.net.NamedNetwork.FOR_EVER;
import static dev.heddle.net.NamedNetwork.IPV4;
import static dev.heddle.net.NamedNetwork.WWW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import heddle.dnsjava.DClass;
import heddle.dnsjava.Flags;
import heddle.dnsjava.Message;
import heddle.dnsjava.Name;
import heddle.dnsjava.Record;
import heddle.dnsjava.Section;
import heddle.dnsjava.Type;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that do not come from whom was asked, or not to what was asked. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForgedAnswerTest {

    @ParameterizedTest
    @EnumSource(Forgery.class)
    void what_is_no_answer_is_not_heard(Forgery forgery) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 0 A 198.51.100.1");
            server.behaves((question, answer) -> List.of(forgery.of(answer), forgery.of(answer), answer.toWire()));
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
            assertThat(server.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Forgery.class, names = "LONGER_THAN_WAS_ASKED_FOR", mode = EnumSource.Mode.EXCLUDE)
    void what_is_no_answer_is_refused_by_tcp(Forgery forgery) throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.behaves((question, answer) -> {
                if (question.tcp()) {
                    return List.of(forgery.of(answer));
                }
                answer.getHeader().setFlag(Flags.TC);
                return List.of(answer.toWire());
            });
            assertThatThrownBy(() -> network.find(WWW))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("192.0.2.53: what it says by TCP is no answer");
        }
    }

    @Test
    void answers_of_strangers_are_not_heard() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST);
                DatagramSocket otherPort = network.servers
                        .datagramSocketFactory()
                        .createDatagramSocket(5353, InetAddress.getByName(NamedNetwork.FIRST));
                DatagramSocket otherAddress = network.servers
                        .datagramSocketFactory()
                        .createDatagramSocket(53, InetAddress.getByName(NamedNetwork.SECOND))) {
            server.knows("www.example.org 0 A 198.51.100.1");
            server.behaves((question, answer) -> {
                Message forged = answer.clone();
                forged.removeAllRecords(Section.ANSWER);
                byte[] bytes = forged.toWire();
                InetSocketAddress asker = new InetSocketAddress("192.0.2.1", question.port());
                for (DatagramSocket stranger : new DatagramSocket[] {otherPort, otherAddress}) {
                    stranger.send(new DatagramPacket(bytes, bytes.length, asker));
                }
                return List.of(answer.toWire());
            });
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
        }
    }

    @Test
    void records_that_nobody_has_asked_for_are_not_believed() throws Exception {
        try (NamedNetwork network = NamedNetwork.asking(FOR_EVER, NamedNetwork.FIRST);
                NameServer server = network.server(NamedNetwork.FIRST)) {
            server.knows("www.example.org 60 A 198.51.100.1", "bank.example.com 60 A 198.51.100.2");
            server.behaves((question, answer) -> {
                if (question.toString().contains(WWW)) {
                    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
                        answer.addRecord(
                                Record.fromString(
                                        Name.fromString("bank.example.com."),
                                        Type.A,
                                        DClass.IN,
                                        60,
                                        "203.0.113.66",
                                        Name.root),
                                section);
                    }
                }
                return List.of(answer.toWire());
            });
            assertThat(network.find(WWW, IPV4)).containsExactly("198.51.100.1");
            assertThat(network.find("bank.example.com", IPV4)).containsExactly("198.51.100.2");
        }
    }
}
