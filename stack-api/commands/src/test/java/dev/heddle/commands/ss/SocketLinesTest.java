package dev.heddle.commands.ss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an endpoint of a stack looks as a line of ss. */
class SocketLinesTest {

    private static Endpoint endpoint(String line) {
        return new Endpoint(new Fields(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp state=LISTEN local=%3A%3A localPort=80               | LISTEN    | *:80               | *:*",
                "tcp state=LISTEN local=0.0.0.0 localPort=80              | LISTEN    | 0.0.0.0:80         | 0.0.0.0:*",
                "tcp state=LISTEN local=2001%3Adb8%3A%3A1 localPort=80    | LISTEN    | [2001:db8::1]:80   | [::]:*",
                "tcp state=ESTABLISHED local=192.0.2.2 localPort=80 remote=192.0.2.1 remotePort=4000 "
                        + "| ESTAB | 192.0.2.2:80 | 192.0.2.1:4000",
                "tcp state=SYN_RECEIVED local=192.0.2.2 localPort=80 remote=192.0.2.1 remotePort=4000 "
                        + "| SYN-RECV | 192.0.2.2:80 | 192.0.2.1:4000",
                "tcp state=TIME_WAIT local=%3A%3A1 localPort=80 remote=%3A%3A1 remotePort=9 "
                        + "| TIME-WAIT | [::1]:80 | [::1]:9",
                "tcp state=FIN_WAIT_2 local=192.0.2.2 localPort=80 remote=192.0.2.1 remotePort=4000 "
                        + "| FIN-WAIT-2 | 192.0.2.2:80 | 192.0.2.1:4000",
                "udp local=%3A%3A localPort=53 | UNCONN | *:53 | *:*",
                "udp local=192.0.2.2 localPort=53 remote=192.0.2.1 remotePort=54 | ESTAB | 192.0.2.2:53 | 192.0.2.1:54"
            })
    void names_and_states_are_those_of_linux(String line, String state, String local, String peer) {
        assertThat(endpoint(line).state()).isEqualTo(state);
        assertThat(endpoint(line).local()).isEqualTo(local);
        assertThat(endpoint(line).peer()).isEqualTo(peer);
    }

    @ParameterizedTest
    @CsvSource({
        "LISTEN, true, false",
        "SYN_SENT, false, true",
        "SYN_RECEIVED, false, false",
        "ESTABLISHED, false, true",
        "CLOSE_WAIT, false, true",
        "TIME_WAIT, false, false",
        "CLOSED, false, false"
    })
    void what_is_shown_without_being_asked_for(String state, boolean listening, boolean connected) {
        Endpoint endpoint = endpoint("tcp local=192.0.2.2 localPort=1 state=" + state);
        assertThat(endpoint.isListening()).isEqualTo(listening);
        assertThat(endpoint.isConnected()).isEqualTo(connected);
    }

    @Test
    void figures_are_in_the_units_of_linux_and_what_is_zero_is_left_out() {
        Fields fields = new Fields("tcp negotiated.timestamps=true negotiated.sack=true negotiated.windowScaling=true"
                + " negotiated.sendShift=10 negotiated.receiveShift=7 congestion.algorithm=cubic"
                + " timing.rtoNs=204000000 timing.rttNs=1250000 timing.rttVarNs=500000 sending.mssBytes=1000"
                + " congestion.windowBytes=10000 congestion.thresholdBytes=9223372036854775807"
                + " traffic.sentBytes=12345 traffic.retransmittedBytes=0 sending.unacknowledgedBytes=1001"
                + " timing.lastDataSentAtNs=4000000000 timing.minRttNs=9223372036854775807"
                + " congestion.pacingRateBytesPerSecond=9223372036854775807"
                + " congestion.deliveryRateBytesPerSecond=1500000 timing.busyNs=3500000");
        assertThat(InfoText.of(fields, 5_000_000_000L))
                .isEqualTo("ts sack cubic wscale:10,7 rto:204 rtt:1.25/0.5 mss:1000 cwnd:10 bytes_sent:12345"
                        + " send 64.0Mbps lastsnd:1000 delivery_rate 12.0Mbps busy:3.5ms unacked:2");
    }

    @Test
    void columns_are_as_wide_as_they_need_to_be() {
        SocketTable table = new SocketTable(List.of("State", "Peer"));
        table.add(List.of("TIME-WAIT", "a"), "");
        table.add(List.of("ESTAB", "bcdefg"), "more");
        assertThat(table.text()).isEqualTo("State     Peer\nTIME-WAIT a\nESTAB     bcdefg\n\tmore\n");
    }
}
