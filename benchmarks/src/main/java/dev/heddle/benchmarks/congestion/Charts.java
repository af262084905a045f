package dev.heddle.benchmarks.congestion;

import dev.heddle.benchmarks.congestion.Flow.Sample;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws samples over time into PNG files. */
final class Charts {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 260;
    private static final int MOST_LABELS = 13;

    private Charts() {}

    /** Window, round-trip time and throughput below each other. */
    static void overTime(Path file, String title, Map<String, List<Sample>> lines) throws IOException {
        List<XYChart> charts = new ArrayList<>();
        charts.add(chart(title, "cwnd, segments", lines, Sample::windowSegments));
        charts.add(chart("", "SRTT, ms", lines, Sample::roundTripMs));
        charts.add(chart("", "throughput, Mbit/s", lines, sample -> sample.bitsPerSecond() / 1e6));
        BitmapEncoder.saveBitmap(charts, charts.size(), 1, file.toString(), BitmapFormat.PNG);
    }

    /** Throughputs only. */
    static void throughput(Path file, String title, Map<String, List<Sample>> lines) throws IOException {
        XYChart chart = chart(title, "throughput, Mbit/s", lines, sample -> sample.bitsPerSecond() / 1e6);
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static XYChart chart(
            String title, String axis, Map<String, List<Sample>> lines, ToDoubleFunction<Sample> value) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("seconds")
                .yAxisTitle(axis)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleVisible(!title.isEmpty());
        chart.getStyler().setXAxisMin(0.0).setXAxisMaxLabelCount(MOST_LABELS).setXAxisDecimalPattern("0");
        chart.getStyler().setYAxisMin(0.0);
        lines.forEach((name, samples) -> chart.addSeries(
                        name,
                        samples.stream()
                                .mapToDouble(sample -> (double) sample.atNs() / Bottleneck.SECOND)
                                .toArray(),
                        samples.stream().mapToDouble(value).toArray())
                .setMarker(SeriesMarkers.NONE));
        return chart;
    }
}
