package dev.heddle.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus' text format 0.0.4, line by line and strictly. */
final class Exposition {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
    private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") .*");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|summary|histogram|untyped)");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*,?})? (NaN|[+-]Inf|[-+0-9.eE]+)");

    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();

    private Exposition() {}

    static Exposition parse(String text) {
        assertThat(text).endsWith("\n");
        Exposition exposition = new Exposition();
        text.lines().forEach(exposition::line);
        return exposition;
    }

    private void line(String line) {
        Matcher type = TYPE.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (type.matches()) {
            assertThat(types.put(type.group(1), type.group(2)))
                    .as("second %s", line)
                    .isNull();
        } else if (sample.matches()) {
            assertThat(types).as("type of %s", line).containsKey(sample.group(1));
            String labels = sample.group(2) == null ? "" : sample.group(2);
            String value = sample.group(3).replace("Inf", "Infinity");
            assertThat(samples.put(sample.group(1) + labels, Double.valueOf(value)))
                    .as("second %s", line)
                    .isNull();
        } else {
            assertThat(line).matches(HELP);
        }
    }

    /** The value of a sample, written as in the text with its labels in alphabetical order. */
    double value(String sample) {
        assertThat(samples).containsKey(sample);
        return samples.get(sample);
    }

    String type(String name) {
        assertThat(types).containsKey(name);
        return types.get(name);
    }
}
