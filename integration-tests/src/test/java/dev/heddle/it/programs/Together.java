package dev.heddle.it.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** The same work many times, some of it at a time, in virtual threads. */
final class Together {

    private Together() {}

    /** One of them. */
    @FunctionalInterface
    interface Work {
        long run(int number) throws Exception;
    }

    /**
     * Runs all to the end.
     *
     * @return the sum of what each returned
     */
    static long run(int times, int atATime, Work work) throws Exception {
        Semaphore places = new Semaphore(atATime);
        List<Future<Long>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < times; i++) {
                int number = i;
                places.acquire();
                all.add(threads.submit(() -> {
                    try {
                        return work.run(number);
                    } finally {
                        places.release();
                    }
                }));
            }
        }
        long sum = 0;
        for (Future<Long> one : all) {
            sum += one.get();
        }
        return sum;
    }

    /** Fails if something is not as it must be. */
    static void expect(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(what);
        }
    }
}
