package dev.heddle.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** A line of an answer: what it is about, then names with values. */
final class Words {

    private final StringBuilder line;

    Words(String subject) {
        line = new StringBuilder(subject);
    }

    /** A value as it stands in a line. */
    static String encode(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    Words add(String name, Object value) {
        line.append(' ').append(name).append('=').append(encode(value));
        return this;
    }

    /** Every field of a record, those of records in it behind the name of their group: {@code timing.rtoNs}. */
    Words addFields(Record fields) {
        return addFields("", fields);
    }

    private Words addFields(String group, Record fields) {
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
            Object value = value(fields, component);
            String name = group + component.getName();
            if (value instanceof Record inner) {
                addFields(name + ".", inner);
            } else {
                add(name, value);
            }
        }
        return this;
    }

    private static Object value(Record fields, RecordComponent component) {
        try {
            return component.getAccessor().invoke(fields);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
