package dev.heddle.it.programs;

import dev.heddle.it.peer.GeneratedContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.jspecify.annotations.Nullable;
import org.mockftpserver.fake.FakeFtpServer;
import org.mockftpserver.fake.UserAccount;
import org.mockftpserver.fake.filesystem.DirectoryEntry;
import org.mockftpserver.fake.filesystem.FileSystem;
import org.mockftpserver.fake.filesystem.UnixFakeFileSystem;

/** Commons Net's FTP client, and a server whose files are in memory. */
public final class Ftp implements Tasks {

    private static final String USER = "ada";
    private static final String PASSWORD = "secret";
    private static final String HOME = "/home";

    private @Nullable FakeFtpServer server;

    private Ftp() {}

    /** No arguments. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new Ftp());
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        return switch (task) {
            case "serve" -> serve(Integer.parseInt(arguments.get(0)));
            case "transfer" ->
                transfer(
                        arguments.get(0),
                        Integer.parseInt(arguments.get(1)),
                        arguments.get(2).equals("active"),
                        Integer.parseInt(arguments.get(3)),
                        GeneratedContent.bytes(Integer.parseInt(arguments.get(4))));
            default -> throw new IllegalArgumentException(task);
        };
    }

    private String serve(int port) {
        FileSystem files = new UnixFakeFileSystem();
        files.add(new DirectoryEntry(HOME));
        FakeFtpServer ftp = new FakeFtpServer();
        ftp.setServerControlPort(port);
        ftp.addUserAccount(new UserAccount(USER, PASSWORD, HOME));
        ftp.setFileSystem(files);
        ftp.start();
        server = ftp;
        return "started " + ftp.isStarted();
    }

    /** Stores files and retrieves them, each over a connection that the server makes if it is the active one. */
    private static String transfer(String host, int port, boolean active, int files, byte[] content)
            throws IOException {
        FTPClient client = new FTPClient();
        client.connect(host, port);
        try {
            Together.expect(client.login(USER, PASSWORD), "not logged in");
            Together.expect(client.setFileType(FTP.BINARY_FILE_TYPE), "not binary");
            if (active) {
                client.enterLocalActiveMode();
            } else {
                client.enterLocalPassiveMode();
            }
            for (int i = 0; i < files; i++) {
                Together.expect(client.storeFile("file" + i, new ByteArrayInputStream(content)), "not stored");
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                Together.expect(client.retrieveFile("file" + i, copy), "not retrieved");
                Together.expect(Arrays.equals(copy.toByteArray(), content), "another content");
            }
            int listed = client.listFiles().length;
            Together.expect(client.logout(), "not logged out");
            return listed + " files";
        } finally {
            client.disconnect();
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
    }
}
