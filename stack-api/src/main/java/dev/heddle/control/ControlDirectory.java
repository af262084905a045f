package dev.heddle.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory with the control sockets of one user's processes, which nobody else can enter. A socket's name begins with its
 * process.
 */
public final class ControlDirectory {

    // Not java.io.tmpdir, which a program may have elsewhere: who looks for it must come to the same place.
    private static final Path PARENT = Path.of("/tmp");

    private static final Pattern SOCKET = Pattern.compile("(\\d{1,10})-\\d{1,5}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final int user;

    private ControlDirectory(Path path, int user) {
        this.path = path;
        this.user = user;
    }

    /**
     * The directory of the user that this process runs as.
     *
     * @throws IOException if it cannot be found out who that is
     */
    public static ControlDirectory ofUser() throws IOException {
        int user = user();
        return new ControlDirectory(PARENT.resolve("heddle-" + user), user);
    }

    /** Another directory of this user's, which need not exist. */
    static ControlDirectory at(Path path) throws IOException {
        return new ControlDirectory(path, user());
    }

    /** Who owns the files that this process makes. */
    private static int user() throws IOException {
        Path probe = Files.createTempFile(PARENT, "heddle", null);
        try {
            return uid(probe);
        } finally {
            Files.delete(probe);
        }
    }

    private static int uid(Path file) throws IOException {
        try {
            return (Integer) Objects.requireNonNull(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new IOException("this system's files have no owners as Unix knows them", e);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /**
     * Makes the directory if it is not there.
     *
     * @throws IOException if others own it or can enter it
     */
    void make() throws IOException {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            check();
        }
    }

    private void check() throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is not a directory: remove it");
        }
        if (uid(path) != user) {
            throw new IOException(path + " belongs to somebody else: have it removed");
        }
        if (!Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY)) {
            throw new IOException(path + " is open to others: chmod 700 " + path);
        }
    }

    /** A socket's place. */
    Path socket(long process, int number) {
        return path.resolve(process + "-" + number);
    }

    /**
     * The sockets that are there, by process and number, also those that nobody listens to any more; none if there is no
     * directory.
     *
     * @throws IOException if others own the directory or can enter it
     */
    public List<Path> sockets() throws IOException {
        List<Path> sockets = new ArrayList<>();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            check();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                for (Path file : files) {
                    if (SOCKET.matcher(file.getFileName().toString()).matches()) {
                        sockets.add(file);
                    }
                }
            }
            sockets.sort((a, b) -> {
                int byProcess = Long.compare(process(a), process(b));
                return byProcess != 0 ? byProcess : a.compareTo(b);
            });
        }
        return sockets;
    }

    /** The process that a socket is, or was, of. */
    public static long process(Path socket) {
        Matcher matcher = SOCKET.matcher(socket.getFileName().toString());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no control socket: " + socket);
        }
        return Long.parseLong(matcher.group(1));
    }

    /**
     * Removes the sockets that processes have left that were killed. One that somebody listens to stays, also if his process is
     * not seen from here: containers may share the directory.
     */
    public void removeStale() throws IOException {
        long self = ProcessHandle.current().pid();
        for (Path socket : sockets()) {
            long process = process(socket);
            // In a container the program has the same number each time. (Of another process nobody knows whether it is
            // just
            // going to listen.)
            if ((process == self || ProcessHandle.of(process).isEmpty()) && isRefused(socket)) {
                Files.deleteIfExists(socket);
            }
        }
    }

    private static boolean isRefused(Path socket) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Where many wait already one more is not kept waiting, but told so.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(socket));
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
