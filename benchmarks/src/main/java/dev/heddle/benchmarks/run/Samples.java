package dev.heddle.benchmarks.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that was measured: by subject, measure and name of the value, one for each round. */
final class Samples {

    private final Map<Subject, Map<Measure, Map<String, List<Double>>>> values = new EnumMap<>(Subject.class);

    void add(Subject subject, Measure measure, Map<String, Double> measured) {
        measured.forEach((name, value) -> of(subject, measure)
                .computeIfAbsent(name, unused -> new ArrayList<>())
                .add(value));
    }

    Map<String, List<Double>> of(Subject subject, Measure measure) {
        return values.computeIfAbsent(subject, unused -> new EnumMap<>(Measure.class))
                .computeIfAbsent(measure, unused -> new TreeMap<>());
    }

    /** NaN if there is none. */
    double median(Subject subject, Measure measure, String name) {
        List<Double> sorted = of(subject, measure).getOrDefault(name, List.of()).stream()
                .sorted()
                .toList();
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double median(Subject subject, Figure figure) {
        return median(subject, figure.measure, figure.key);
    }

    /** To the JDK's sockets. */
    double ratio(Subject subject, Figure figure) {
        return median(subject, figure) / median(Subject.JDK, figure);
    }
}
