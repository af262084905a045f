package dev.heddle.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Loss;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LaunchFaultsTest {

    private static final String NECESSARY = "tun=heddle0,address=192.0.2.2/24";

    private static LaunchFaults parse(String options) {
        return LaunchOptions.parse(NECESSARY + options).faults();
    }

    @ParameterizedTest
    @CsvSource({"20ms, 20000000", "1.5s, 1500000000", "500us, 500000", "0ms, 0"})
    void a_delay_has_a_unit(String text, long delayNs) {
        assertThat(parse(",delay=" + text).faults())
                .isEqualTo(Faults.builder().delayNs(delayNs).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1%", "0.01", "1.0%"})
    void a_loss_is_a_probability(String text) {
        assertThat(parse(",loss=" + text).faults().loss()).isEqualTo(Loss.random(0.01));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss=",
                "loss=101%",
                "loss=1.1",
                "loss=-1%",
                "loss=1ms",
                "delay=20",
                "delay=20%",
                "delay=-1s",
                "delay",
                "seed=x",
                "seed="
            })
    void what_is_malformed_is_refused(String option) {
        String value = option.contains("=") ? option.split("=", -1)[1] : "";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("," + option))
                .withMessageContaining("\"" + value + "\" is not a");
    }

    @Test
    void nothing_is_given_twice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(",loss=1%,delay=1s,loss=2%"))
                .withMessageContaining("loss is given twice");
    }

    @Test
    void they_are_put_on_the_link_both_ways() {
        try (MemoryLink.Pair pair = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system())) {
            FaultyLink bad = (FaultyLink) parse(",loss=1%,delay=2ms").on(pair.a());
            Faults faults = Faults.builder().loss(0.01).delayNs(2_000_000).build();
            assertThat(bad.transmitFaults()).isEqualTo(faults);
            assertThat(bad.receiveFaults()).isEqualTo(faults);
            assertThat(parse(",seed=7").on(pair.a()))
                    .as("a link without faults")
                    .isSameAs(pair.a());
        }
    }
}
