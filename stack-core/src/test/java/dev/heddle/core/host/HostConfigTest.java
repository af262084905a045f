package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.congestion.NewReno;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class HostConfigTest {

    private static final long MEBIBYTE = 1L << 20;

    @Test
    void a_builder_that_starts_from_parameters_keeps_each_of_them() throws IllegalAccessException {
        HostConfig config = HostConfig.builder()
                .tcp(TcpConfig.builder().timestamps(false).build())
                .memoryLimitBytes(7 * MEBIBYTE)
                .chunkBytes(2 * HostConfig.DEFAULTS.chunkBytes())
                .reassemblyLimitBytes(MEBIBYTE / 2)
                .icmpErrorsPerSecond(17)
                .congestionControls(new CongestionControls())
                .congestionControl("mine", NewReno::new)
                .observer(new HostObserver() {})
                .build();
        HostConfig same = config.with().build();
        same.congestionControls().check("mine");
        for (Field field : HostConfig.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || field.getType() == CongestionControls.class) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(config);
            assertThat(value)
                    .as("this test must change " + field.getName())
                    .isNotEqualTo(field.get(HostConfig.DEFAULTS));
            assertThat(field.get(same)).as(field.getName()).isEqualTo(value);
        }
    }

    @Test
    void the_share_of_fragments_follows_the_memory_unless_it_is_said() {
        HostConfig config = HostConfig.builder().memoryLimitBytes(8 * MEBIBYTE).build();
        assertThat(config.reassemblyLimitBytes()).isEqualTo(MEBIBYTE);
        assertThat(config.with().memoryLimitBytes(16 * MEBIBYTE).build().reassemblyLimitBytes())
                .isEqualTo(2 * MEBIBYTE);
        assertThat(HostConfig.builder()
                        .reassemblyLimitBytes(0)
                        .build()
                        .with()
                        .build()
                        .reassemblyLimitBytes())
                .isZero();
    }
}
