package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.SocketFactory;
import dev.heddle.it.programs.HttpClient5;
import dev.heddle.it.programs.HttpLibrary;
import dev.heddle.it.programs.HttpTasks;
import dev.heddle.it.programs.OkHttp;
import dev.heddle.it.programs.Postgres;
import dev.heddle.it.programs.Redis;
import dev.heddle.it.programs.Ssh;
import dev.heddle.it.programs.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Libraries that take a stack's socket factory, in one JVM with it, over IPv6. They carry load, their server is killed in the middle
 * of something, and in the end nothing is left of their connections.
 */
@RealLinux
@RealServers
final class FactoriesIT {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);
    private static final String SERVER = Family.IPV6.kernel().getHostAddress();
    private static final String SITE = "http://[" + SERVER + "]";

    @TempDir
    private Path directory;

    private TwoHosts hosts;

    @BeforeEach
    void start() {
        hosts = TwoHosts.connect(Offloads.ON);
    }

    @AfterEach
    void nothing_is_left() {
        hosts.close();
    }

    @Test
    void okhttp() throws Exception {
        http(sockets -> new OkHttp(sockets, READ_TIMEOUT));
    }

    @Test
    void httpclient_5() throws Exception {
        http(sockets -> new HttpClient5(sockets, READ_TIMEOUT));
    }

    private void http(Function<javax.net.SocketFactory, HttpLibrary> library) throws Exception {
        try (RealServer server = new HttpServerProcess(hosts.namespace(), ServerKeys.generate(directory))) {
            run(
                    new HttpTasks(library.apply(hosts.stack().socketFactory())),
                    server,
                    List.of("load", SITE, "100", "16", "1000001"),
                    List.of("stall", SITE, "100000"));
        }
    }

    @Test
    void pgjdbc() throws Exception {
        StackSockets.of(hosts.stack());
        try (RealServer server = new PostgresServer(hosts.namespace(), ServerKeys.generate(directory))) {
            run(
                    new Postgres(
                            "jdbc:postgresql://[" + SERVER + "]/postgres",
                            Map.of(
                                    "password",
                                    PostgresServer.PASSWORD,
                                    "socketTimeout",
                                    String.valueOf(READ_TIMEOUT.toSeconds()),
                                    "socketFactory",
                                    StackSockets.class.getName())),
                    server,
                    List.of("load", "disable", "20000", "1000000"),
                    List.of("stream", "disable"));
        }
    }

    @Test
    void jedis() throws Exception {
        try (RealServer server = new RedisServer(hosts.namespace(), directory)) {
            run(
                    new Redis(
                            () -> {
                                try {
                                    return hosts.stack().socketFactory().createSocket(SERVER, RedisServer.PORT);
                                } catch (IOException e) {
                                    throw new JedisConnectionException(e);
                                }
                            },
                            READ_TIMEOUT),
                    server,
                    List.of("load", "1000", "3000000"),
                    List.of("wait"));
        }
    }

    @Test
    void jsch() throws Exception {
        try (SshServer server = new SshServer(hosts.namespace(), directory)) {
            run(
                    new Ssh(SERVER, SshServer.PORT, server.key(), (int) READ_TIMEOUT.toMillis(), new StackSessions()),
                    server,
                    List.of("load", "2000000", directory.toString()),
                    List.of("stream"));
        }
    }

    private final class StackSessions implements SocketFactory {

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return hosts.stack().socketFactory().createSocket(host, port);
        }

        @Override
        public InputStream getInputStream(Socket socket) throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket socket) throws IOException {
            return socket.getOutputStream();
        }
    }

    private static void run(Tasks library, RealServer server, List<String> load, List<String> endless)
            throws Exception {
        try (library) {
            library.run(load.getFirst(), load.subList(1, load.size()), () -> {});
            assertThatThrownBy(() -> library.run(endless.getFirst(), endless.subList(1, endless.size()), server::kill))
                    .isInstanceOf(Exception.class);
        }
    }
}
