package dev.heddle.commands.ss;

import java.util.ArrayList;
import java.util.List;

/** Lines of columns as wide as they need to be, each perhaps with a line of more below. */
final class SocketTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> more = new ArrayList<>();

    SocketTable(List<String> titles) {
        add(titles, "");
    }

    /** Adds a line; what is below it is indented. */
    void add(List<String> columns, String below) {
        rows.add(columns);
        more.add(below);
    }

    /** The table as text, without spaces at the ends of lines. */
    String text() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(r).get(i);
                line.append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
            }
            text.append(line.toString().stripTrailing()).append('\n');
            if (!more.get(r).isEmpty()) {
                text.append('\t').append(more.get(r)).append('\n');
            }
        }
        return text.toString();
    }
}
