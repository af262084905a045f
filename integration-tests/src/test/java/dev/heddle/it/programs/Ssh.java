package dev.heddle.it.programs;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Logger;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.SocketFactory;
import dev.heddle.it.peer.GeneratedContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** JSch: SSH, whose channels share one connection, each with its own flow control. */
public final class Ssh implements Tasks {

    private static final int CONNECT_TIMEOUT_MS = 20_000;
    private static final int CHANNELS = 5;
    private static final int POLL_MS = 5;

    private final JSch jsch = new JSch();
    private final LastWords lastWords = new LastWords();
    private final String host;
    private final int port;
    private final int aliveIntervalMs;
    private final @Nullable SocketFactory sockets;
    private @Nullable Session session;

    /**
     * @param key the file of the private key of root
     * @param aliveIntervalMs how long the server may be silent before it is asked whether it is there
     * @param sockets makes connected sockets; null for the library's own way
     */
    public Ssh(String host, int port, String key, int aliveIntervalMs, @Nullable SocketFactory sockets)
            throws JSchException {
        this.host = host;
        this.port = port;
        this.aliveIntervalMs = aliveIntervalMs;
        this.sockets = sockets;
        jsch.addIdentity(key);
        jsch.setInstanceLogger(lastWords);
    }

    /** Arguments: host, port, file of the private key, and the interval of questions to a silent server in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new Ssh(
                arguments[0], Integer.parseInt(arguments[1]), arguments[2], Integer.parseInt(arguments[3]), null));
    }

    /** Why the library left its loop: it tells nobody else. */
    private static final class LastWords implements Logger {

        private volatile String text = "";

        @Override
        public boolean isEnabled(int level) {
            return level >= INFO;
        }

        @Override
        public void log(int level, String message) {
            if (message.startsWith("Caught an exception")) {
                text = message.lines().findFirst().orElseThrow(); // without the stack trace
            }
        }
    }

    private Session session() throws JSchException {
        Session current = session;
        if (current == null || !current.isConnected()) {
            current = jsch.getSession("root", host, port);
            current.setConfig("StrictHostKeyChecking", "no");
            current.setServerAliveInterval(aliveIntervalMs);
            current.setServerAliveCountMax(0);
            if (sockets != null) {
                current.setSocketFactory(sockets);
            }
            current.connect(CONNECT_TIMEOUT_MS);
            session = current;
        }
        return current;
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        return switch (task) {
            case "load" -> load(Integer.parseInt(arguments.get(0)), arguments.get(1));
            case "stream" -> stream(midway);
            case "ask" -> digest("echo question");
            default -> throw new IllegalArgumentException(task);
        };
    }

    private String load(int bytes, String directory) throws Exception {
        copy(bytes, directory + "/copy");
        echo(bytes);
        Together.run(4 * CHANNELS, CHANNELS, number -> {
            int size = bytes / (number + 1);
            String digest = digest("head -c " + size + " " + directory + "/copy");
            Together.expect(digest.equals(GeneratedContent.sha256(size)), digest);
            return size;
        });
        forward();
        return bytes + " bytes up and down, through an echo, and by " + CHANNELS + " channels at a time";
    }

    /** By SFTP. */
    private void copy(int bytes, String file) throws JSchException, SftpException, IOException {
        ChannelSftp sftp = (ChannelSftp) session().openChannel("sftp");
        sftp.connect(CONNECT_TIMEOUT_MS);
        try {
            sftp.put(new ByteArrayInputStream(GeneratedContent.bytes(bytes)), file);
            try (InputStream in = sftp.get(file)) {
                String digest = GeneratedContent.sha256(in, Long.MAX_VALUE);
                Together.expect(digest.equals(GeneratedContent.sha256(bytes)), digest);
            }
        } finally {
            sftp.disconnect();
        }
    }

    /** Both ways at once. */
    private void echo(int bytes) throws Exception {
        ChannelExec cat = exec("cat");
        try (InputStream in = cat.getInputStream();
                OutputStream out = cat.getOutputStream()) {
            cat.connect(CONNECT_TIMEOUT_MS);
            CompletableFuture<Void> written = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try (out) {
                    GeneratedContent.write(bytes, out);
                    written.complete(null);
                } catch (IOException e) {
                    written.completeExceptionally(e);
                }
            });
            String digest = GeneratedContent.sha256(in, Long.MAX_VALUE);
            written.get();
            Together.expect(digest.equals(GeneratedContent.sha256(bytes)), digest);
        } finally {
            cat.disconnect();
        }
    }

    /** The library listens and carries what connects to the server's own port: the server greets itself. */
    private void forward() throws JSchException, IOException {
        int local = session().setPortForwardingL(0, "127.0.0.1", port);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), local)) {
            String greeting = new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII);
            Together.expect(greeting.equals("SSH-2.0-"), greeting);
        } finally {
            session().delPortForwardingL(local);
        }
    }

    private String digest(String command) throws JSchException, IOException {
        Channel channel = exec(command);
        try (InputStream in = channel.getInputStream()) {
            channel.connect(CONNECT_TIMEOUT_MS);
            return GeneratedContent.sha256(in, Long.MAX_VALUE);
        } finally {
            channel.disconnect();
        }
    }

    private ChannelExec exec(String command) throws JSchException {
        ChannelExec channel = (ChannelExec) session().openChannel("exec");
        channel.setCommand(command);
        return channel;
    }

    /** Output that stops before its end. */
    private String stream(Runnable midway) throws JSchException, IOException, InterruptedException {
        lastWords.text = "";
        Channel channel = exec("head -c 1000000 /dev/zero; cat");
        Session current = session();
        try (InputStream in = channel.getInputStream()) {
            channel.connect(CONNECT_TIMEOUT_MS);
            Together.expect(in.readNBytes(1_000_000).length == 1_000_000, "an early end");
            midway.run();
            Together.expect(in.read() < 0, "more");
            // The end of the stream is all that the library says here.
            while (current.isConnected() || lastWords.text.isEmpty()) {
                Thread.sleep(POLL_MS);
            }
            throw new IOException(lastWords.text);
        } finally {
            channel.disconnect();
        }
    }

    @Override
    public void close() throws IOException {
        Session current = session;
        if (current != null) {
            current.disconnect();
        }
    }
}
