package dev.heddle.it.programs;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** Jedis with its pool of connections. */
public final class Redis implements Tasks {

    private static final int CONNECTIONS = 16;
    private static final int POLL_MS = 5;

    private final RedisClient redis;

    private Redis(JedisSocketFactory sockets, JedisClientConfig config) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(CONNECTIONS);
        pool.setMaxIdle(CONNECTIONS);
        // Asks a connection whether it lives before it lends it.
        pool.setTestOnBorrow(true);
        redis = RedisClient.builder()
                .connectionProvider(new PooledConnectionProvider(new ConnectionFactory(sockets, config), pool))
                .build();
    }

    /**
     * @param sockets makes connected sockets
     * @param readTimeout how long to wait for the next byte
     */
    public Redis(JedisSocketFactory sockets, Duration readTimeout) {
        this(sockets, config(readTimeout));
    }

    private static JedisClientConfig config(Duration readTimeout) {
        return DefaultJedisClientConfig.builder()
                .socketTimeoutMillis((int) readTimeout.toMillis())
                .blockingSocketTimeoutMillis((int) readTimeout.toMillis())
                .build();
    }

    /** Arguments: the server's address and port, and the time-out of reads in milliseconds. */
    public static void main(String[] arguments) throws Exception {
        HostAndPort server = new HostAndPort(arguments[0], Integer.parseInt(arguments[1]));
        JedisClientConfig config = config(Duration.ofMillis(Long.parseLong(arguments[2])));
        Dialogue.hold(new Redis(new DefaultJedisSocketFactory(server, config), config));
    }

    @Override
    public String run(String task, List<String> arguments, Runnable midway) throws Exception {
        return switch (task) {
            case "load" -> load(Integer.parseInt(arguments.get(0)), Integer.parseInt(arguments.get(1)));
            case "wait" -> await(midway);
            case "ask" -> ask();
            default -> throw new IllegalArgumentException(task);
        };
    }

    private String load(int times, int bytes) throws Exception {
        redis.flushAll();
        pipeline(times);
        byte[] key = "large".getBytes(StandardCharsets.US_ASCII);
        byte[] content = GeneratedContent.bytes(bytes);
        redis.set(key, content);
        Together.expect(Arrays.equals(redis.get(key), content), "another value");
        publish(times / 10);
        handOver(times / 10);
        count(times / 10);
        return times + " in a pipeline, a value of " + bytes + " bytes, " + times / 10
                + " messages, elements of a list and transactions";
    }

    private void pipeline(int times) {
        List<Response<String>> values = new ArrayList<>();
        try (Pipeline pipeline = redis.pipelined()) {
            for (int i = 0; i < times; i++) {
                pipeline.set("key" + i, "value" + i);
                values.add(pipeline.get("key" + i));
            }
            pipeline.sync();
        }
        for (int i = 0; i < times; i++) {
            String value = values.get(i).get();
            Together.expect(value.equals("value" + i), value);
        }
    }

    /** To a subscriber that waits in a read. */
    private void publish(int messages) throws Exception {
        List<String> heard = new ArrayList<>();
        CountDownLatch subscribed = new CountDownLatch(1);
        CompletableFuture<Void> end = new CompletableFuture<>();
        JedisPubSub subscriber = new JedisPubSub() {
            @Override
            public void onSubscribe(String channel, int channels) {
                subscribed.countDown();
            }

            @Override
            public void onMessage(String channel, String message) {
                heard.add(message);
                if (heard.size() == messages) {
                    unsubscribe();
                }
            }
        };
        Thread.startVirtualThread(() -> {
            try {
                redis.subscribe(subscriber, "news");
                end.complete(null);
            } catch (RuntimeException e) {
                end.completeExceptionally(e);
                subscribed.countDown();
            }
        });
        subscribed.await();
        for (int i = 0; i < messages; i++) {
            redis.publish("news", "message" + i);
        }
        end.get();
        for (int i = 0; i < messages; i++) {
            Together.expect(heard.get(i).equals("message" + i), heard.get(i));
        }
    }

    /** To a reader that waits for each element. */
    private void handOver(int elements) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                for (int i = 0; i < elements; i++) {
                    String element = redis.blpop(10, "list").get(1);
                    Together.expect(element.equals("element" + i), element);
                }
                end.complete(null);
            } catch (RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        for (int i = 0; i < elements; i++) {
            redis.rpush("list", "element" + i);
        }
        end.get();
    }

    /** In transactions, by more threads than there are connections. */
    private void count(int transactions) throws Exception {
        Together.run(transactions, 2 * CONNECTIONS, number -> {
            try (AbstractTransaction transaction = redis.multi()) {
                transaction.incr("counter");
                transaction.set("last" + number % 10, "" + number);
                return transaction.exec().size();
            }
        });
        String count = redis.get("counter");
        Together.expect(count.equals(String.valueOf(transactions)), count + " counted");
    }

    /** For an element that nobody brings. */
    private String await(Runnable midway) {
        Thread.startVirtualThread(() -> {
            while (!redis.info("clients").contains("blocked_clients:1")) {
                try {
                    Thread.sleep(POLL_MS);
                } catch (InterruptedException e) {
                    return;
                }
            }
            midway.run();
        });
        return String.valueOf(redis.blpop(0, "nothing"));
    }

    private String ask() {
        return redis.set("question", "answer") + " " + redis.get("question");
    }

    @Override
    public void close() throws IOException {
        redis.close();
    }
}
