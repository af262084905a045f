package dev.heddle.it.programs;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.it.peer.GeneratedContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyOut;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** PostgreSQL's JDBC driver behind HikariCP. */
public final class Postgres implements Tasks {

    private static final int CONNECTIONS = 10;
    private static final int ACCOUNTS = 20;
    private static final int NOTIFICATIONS = 50;
    private static final int ROWS_BEFORE_MIDWAY = 5_000;

    private final String url;
    private final Map<String, String> properties;
    private final Map<String, HikariDataSource> pools = new ConcurrentHashMap<>();

    /**
     * @param url the database's
     * @param properties of the driver
     */
    public Postgres(String url, Map<String, String> properties) {
        this.url = url;
        this.properties = properties;
    }

    /** Arguments: the database's URL, the password of the user postgres, and the time-out of reads in seconds. */
    public static void main(String[] arguments) throws Exception {
        Dialogue.hold(new Postgres(arguments[0], Map.of("password", arguments[1], "socketTimeout", arguments[2])));
    }

    private HikariDataSource pool(String tls) {
        return pools.computeIfAbsent(tls, mode -> {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setUsername("postgres");
            properties.forEach(config::addDataSourceProperty);
            config.addDataSourceProperty("sslmode", mode);
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(1);
            return new HikariDataSource(config);
        });
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        HikariDataSource pool = pool(arguments.getFirst());
        return switch (task) {
            case "load" -> load(pool, Integer.parseInt(arguments.get(1)), Integer.parseInt(arguments.get(2)));
            case "stream" -> stream(pool, midway);
            case "ask" -> ask(pool, "SELECT 6 * 7");
            default -> throw new IllegalArgumentException(task);
        };
    }

    private static String load(HikariDataSource pool, int rows, int bytes) throws Exception {
        copy(pool, rows);
        insert(pool, rows / 20);
        blobs(pool, GeneratedContent.bytes(bytes));
        cancel(pool);
        listen(pool);
        transfer(pool, rows / 500);
        return "copied " + rows + " rows, inserted " + rows / 20 + ", two values of " + bytes + " bytes, " + rows / 500
                + " transfers"
                + (ask(pool, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                                .equals("t")
                        ? ", TLS"
                        : "");
    }

    /** In and out by COPY. */
    private static void copy(HikariDataSource pool, int rows) throws Exception {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        for (int i = 0; i < rows; i++) {
            String value = HexFormat.of().toHexDigits(i * 0x9e3779b97f4a7c15L);
            table.writeBytes((i + "\t" + value + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        try (Connection connection = pool.getConnection()) {
            execute(connection, "DROP TABLE IF EXISTS copied", "CREATE TABLE copied (id int, value text)");
            var copies = connection.unwrap(PGConnection.class).getCopyAPI();
            long copied = copies.copyIn("COPY copied FROM STDIN", new ByteArrayInputStream(table.toByteArray()));
            Together.expect(copied == rows, copied + " rows copied");
            MessageDigest digest = GeneratedContent.digest();
            try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                copies.copyOut("COPY (SELECT * FROM copied ORDER BY id) TO STDOUT", out);
            }
            Together.expect(
                    Arrays.equals(digest.digest(), GeneratedContent.digest().digest(table.toByteArray())),
                    "what was copied is not what comes back");
        }
    }

    private static void insert(HikariDataSource pool, int rows) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            execute(connection, "DROP TABLE IF EXISTS inserted", "CREATE TABLE inserted (id int PRIMARY KEY)");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO inserted VALUES (?)")) {
                for (int i = 1; i <= rows; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
        }
        String sum = ask(pool, "SELECT sum(id) FROM inserted");
        Together.expect(sum.equals(String.valueOf((long) rows * (rows + 1) / 2)), "the sum of all is " + sum);
    }

    /** One as a value, one as a large object. */
    private static void blobs(HikariDataSource pool, byte[] content) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement echo = connection.prepareStatement("SELECT ?::bytea")) {
            echo.setBytes(1, content);
            try (ResultSet result = echo.executeQuery()) {
                result.next();
                Together.expect(Arrays.equals(result.getBytes(1), content), "another value");
            }
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            long id = objects.createLO();
            try (LargeObject object = objects.open(id)) {
                object.write(content);
            }
            try (LargeObject object = objects.open(id)) {
                Together.expect(Arrays.equals(object.read(content.length), content), "another large object");
            }
            objects.delete(id);
            connection.commit();
        }
    }

    /** A second connection ends what the first one waits for. */
    private static void cancel(HikariDataSource pool) throws Exception {
        try (Connection connection = pool.getConnection();
                Statement sleep = connection.createStatement()) {
            int backend = connection.unwrap(PGConnection.class).getBackendPID();
            CompletableFuture<String> end = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    sleep.execute("SELECT pg_sleep(60)");
                    end.complete("slept");
                } catch (SQLException e) {
                    end.complete(e.getSQLState());
                }
            });
            while (ask(pool, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " + backend)
                    .equals("0")) {
                Thread.sleep(5);
            }
            sleep.cancel();
            Together.expect(end.get().equals("57014"), end.get());
        }
    }

    private static void listen(HikariDataSource pool) throws SQLException {
        try (Connection listener = pool.getConnection();
                Connection notifier = pool.getConnection()) {
            execute(listener, "LISTEN news");
            for (int i = 0; i < NOTIFICATIONS; i++) {
                execute(notifier, "NOTIFY news, '" + i + "'");
            }
            int heard = 0;
            while (heard < NOTIFICATIONS) {
                PGNotification[] notifications =
                        listener.unwrap(PGConnection.class).getNotifications(5000);
                Together.expect(notifications != null && notifications.length > 0, "heard " + heard);
                for (PGNotification notification : notifications) {
                    Together.expect(
                            notification.getParameter().equals(String.valueOf(heard)), notification.getParameter());
                    heard++;
                }
            }
            execute(listener, "UNLISTEN news");
        }
    }

    /** From account to account, by all connections at once. */
    private static void transfer(HikariDataSource pool, int transfers) throws Exception {
        try (Connection connection = pool.getConnection()) {
            execute(
                    connection,
                    "DROP TABLE IF EXISTS account",
                    "CREATE TABLE account (id int PRIMARY KEY, balance int)",
                    "INSERT INTO account SELECT i, 100 FROM generate_series(0, " + (ACCOUNTS - 1) + ") i");
        }
        Together.run(transfers, 2 * CONNECTIONS, number -> {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                // The lower one first: nobody waits in a circle.
                int low = number % (ACCOUNTS - 1);
                int high = low + 1 + number % (ACCOUNTS - 1 - low);
                execute(
                        connection,
                        "UPDATE account SET balance = balance - 7 WHERE id = " + low,
                        "UPDATE account SET balance = balance + 7 WHERE id = " + high);
                if (number % 5 == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
                return 1;
            }
        });
        String sum = ask(pool, "SELECT sum(balance) FROM account");
        Together.expect(sum.equals(String.valueOf(100 * ACCOUNTS)), "the accounts' sum is " + sum);
    }

    /** A result without an end. */
    private static String stream(HikariDataSource pool, Runnable midway) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            CopyOut copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut(
                            "COPY (SELECT repeat('x', 1000) FROM (SELECT generate_series(1, 1000000000)) row) TO STDOUT");
            for (int i = 0; i < ROWS_BEFORE_MIDWAY; i++) {
                copy.readFromCopy();
            }
            midway.run();
            while (copy.readFromCopy() != null) {
                // The next row.
            }
            return "the end";
        }
    }

    private static String ask(HikariDataSource pool, String question) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(question)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() throws IOException {
        pools.values().forEach(HikariDataSource::close);
    }
}
