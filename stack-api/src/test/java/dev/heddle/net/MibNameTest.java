package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MibNameTest {

    @ParameterizedTest
    @CsvSource({
        "TcpRetransSegs, Tcp, RetransSegs",
        "TcpExtListenDrops, TcpExt, ListenDrops",
        "TcpExtTCPTimeouts, TcpExt, TCPTimeouts",
        "TcpExtTW, TcpExt, TW",
        "IpInReceives, Ip, InReceives",
        "IpExtInCsumErrors, IpExt, InCsumErrors",
        "Ip6InReceives, Ip6, InReceives",
        "Icmp6InEchos, Icmp6, InEchos",
        "IcmpInEchos, Icmp, InEchos",
        "UdpInDatagrams, Udp, InDatagrams"
    })
    void a_counter_is_of_the_group_that_the_kernels_files_have_it_in(String counter, String group, String name) {
        assertThat(MibName.of(counter)).isEqualTo(new MibName(group, name));
    }

    @Test
    void a_counter_of_no_group_is_refused() {
        assertThatThrownBy(() -> MibName.of("Whatever")).isInstanceOf(IllegalArgumentException.class);
    }
}
