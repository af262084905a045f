package dev.heddle.benchmarks.load;

import dev.heddle.benchmarks.services.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The load generator as a program: reads commands, answers each with one line of {@code name=value} pairs, and ends with
 * its input. Times are in seconds unless their name says otherwise.
 */
public final class LoadCommand {

    private final InetAddress server;
    private final List<SocketChannel> idle = new ArrayList<>();

    private LoadCommand(InetAddress server) {
        this.server = server;
    }

    /** The server's address is the only argument. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        LoadCommand load = new LoadCommand(InetAddress.getByName(arguments[0]));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                answer = load.answer(line.split(" ", -1));
            } catch (IOException e) {
                answer = "error=" + e.toString().replace(' ', '_');
            }
            System.out.println(answer);
        }
    }

    private String answer(String[] words) throws IOException, InterruptedException {
        return switch (words[0]) {
            case "check" -> {
                new ServiceCheck(server).run();
                yield "checked=1";
            }
            case "up" -> bulk(Service.DISCARD, true, words);
            case "down" -> bulk(Service.CHARGEN, false, words);
            case "pingpong" -> pingPong(words);
            case "connects" -> connects(words);
            case "idle" -> idle(Integer.parseInt(words[1]));
            case "release" -> release();
            default -> "error=unknown_command";
        };
    }

    private InetSocketAddress at(Service service) {
        return new InetSocketAddress(server, service.port());
    }

    private String bulk(Service service, boolean up, String[] words) throws IOException, InterruptedException {
        BulkLoad.Result result = new BulkLoad(at(service), up).run(Integer.parseInt(words[1]), time(words[2]));
        return String.format(
                Locale.ROOT,
                "gbit=%.3f machineCpuPerGb=%.3f generatorCpu=%.3f",
                result.bytes() * 8 / result.seconds() / 1e9,
                result.cpu().machineSeconds() / (result.bytes() / 1e9),
                result.cpu().processSeconds() / result.seconds());
    }

    private String pingPong(String[] words) throws IOException {
        Histogram times = new PingPongLoad(at(Service.ECHO)).run(time(words[1]));
        return String.format(
                Locale.ROOT,
                "p50=%.2f p99=%.2f rounds=%d",
                times.getValueAtPercentile(50) / 1e3,
                times.getValueAtPercentile(99) / 1e3,
                times.getTotalCount());
    }

    private String connects(String[] words) throws InterruptedException {
        ConnectLoad.Result result = new ConnectLoad(at(Service.ECHO)).run(Integer.parseInt(words[1]), time(words[2]));
        return String.format(
                Locale.ROOT,
                "perSecond=%.0f failures=%d generatorCpu=%.3f",
                result.connections() / result.seconds(),
                result.failures(),
                result.cpu().processSeconds() / result.seconds());
    }

    /** Opens connections, each of which has carried a byte there and back. */
    private String idle(int count) throws IOException {
        ByteBuffer octet = ByteBuffer.allocateDirect(1);
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(at(Service.ECHO));
            idle.add(channel);
            PingPongLoad.roundTrip(channel, octet);
        }
        return "open=" + idle.size();
    }

    private String release() throws IOException {
        for (SocketChannel channel : idle) {
            channel.close();
        }
        idle.clear();
        return "open=0";
    }

    private static Duration time(String seconds) {
        return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
    }
}
