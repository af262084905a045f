package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.demo.http.WebServer;
import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.net.NetworkStack;
import dev.heddle.tun.TunLink;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A container with Debian's curl fetches from Heddle. It has no network of its own: the test moves Heddle's TUN into the
 * container's namespace.
 */
@RealLinux
@Tag("docker")
@ParameterizedClass
@EnumSource
final class ContainerCurlIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final String INTERFACE = "hdlc" + ProcessHandle.current().pid() % 1_000_000;

    private final Offloads offloads;

    /** Made from Debian's packages by {@code bin/test-image}. */
    private static final String IMAGE = "heddle-test/curl:latest";

    @TempDir
    private Path site;

    private GenericContainer<?> container;
    private NetworkStack stack;
    private WebServer web;

    ContainerCurlIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void start() throws Exception {
        container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withNetworkMode("none")
                .withImagePullPolicy(image -> false)
                .withCommand("sleep", "infinity");
        container.start();
        stack = NetworkStack.builder()
                .link(TunLink.builder(INTERFACE)
                        .up(false)
                        .offload(offloads == Offloads.ON)
                        .open())
                .address(Family.IPV4.heddleWithPrefix())
                .address(Family.IPV6.heddleWithPrefix())
                .build();
        moveInterface();
        Files.write(site.resolve("file"), GeneratedContent.bytes(MEBIBYTE));
        web = new WebServer(stack.serverSocketFactory(), null, 80, new TestSite(site));
    }

    /** The container may not configure its network; {@code nsenter} does it in its stead. */
    private void moveInterface() {
        String pid = String.valueOf(container.getContainerInfo().getState().getPidLong());
        Command.of("ip", "link", "set", INTERFACE, "netns", pid).runOrFail();
        inside(pid, "sysctl", "-q", "-w", "net.ipv6.conf." + INTERFACE + ".disable_ipv6=0");
        for (Family family : Family.values()) {
            inside(pid, "ip", "address", "add", family.kernelWithPrefix(), "dev", INTERFACE);
        }
        inside(pid, "ip", "link", "set", INTERFACE, "up");
    }

    private static void inside(String pid, String... words) {
        Command.of(words).after("nsenter", "--target", pid, "--net").runOrFail();
    }

    @AfterEach
    void leaves_nothing_behind() {
        web.close();
        stack.close();
        container.stop();
        assertThat(stack.host().bufferPool().usedBytes())
                .as("buffers of a closed stack")
                .isZero();
        assertThat(Namespace.ownInterfaces()).doesNotContain(INTERFACE);
    }

    @ParameterizedTest
    @EnumSource
    void curl_in_a_container_fetches_from_heddle(Family family) throws Exception {
        String url = "http://" + family.heddleInUrl() + "/file";
        ExecResult result = container.execInContainer(
                "bash", "-c", "set -o pipefail; curl --silent --show-error --globoff --fail '" + url + "' | sha256sum");
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        assertThat(result.getStdout()).startsWith(GeneratedContent.sha256(MEBIBYTE));
    }

    @ParameterizedTest
    @EnumSource
    void many_downloads_at_once_reach_a_container(Family family) throws Exception {
        String range = "?[1-100]";
        // With --globoff an IPv6 address needs no escape, but there is no range then.
        String address = family.heddleInUrl().replace("[", "\\[").replace("]", "\\]");
        String url = "http://" + address + "/file" + range;
        ExecResult result = container.execInContainer(
                "curl",
                "--silent",
                "--show-error",
                "--fail",
                "--parallel",
                "--parallel-immediate",
                "--parallel-max",
                "100",
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code} %{size_download}\\n",
                url);
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        assertThat(result.getStdout().lines()).hasSize(100).containsOnly("200 " + MEBIBYTE);
    }
}
