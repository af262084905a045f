package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpConfig;
import org.junit.jupiter.api.Test;

class CongestionControlChoiceTest {

    private static final ConnectionOptions UNKNOWN =
            ConnectionOptions.DEFAULTS.with().congestionControl("warp").build();

    @Test
    void unknown_name_is_refused_when_the_host_is_configured() {
        HostConfig.Builder builder =
                HostConfig.builder().tcp(TcpConfig.builder().connection(UNKNOWN).build());
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("warp");
    }

    @Test
    void unknown_name_is_refused_when_the_option_is_set() {
        HostPair pair = new HostPair();
        TcpEndpoint endpoint = pair.a.tcpEndpoint();
        assertThatThrownBy(() -> endpoint.options(UNKNOWN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(endpoint.options().congestionControl()).isEqualTo(ConnectionOptions.DEFAULTS.congestionControl());
    }
}
