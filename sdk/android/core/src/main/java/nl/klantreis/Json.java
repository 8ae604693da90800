package nl.klantreis;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as text, and what of a program's values can be JSON: maps, lists, texts, numbers and truths. Money ({@code
 * BigDecimal}) becomes text, null is left out of objects.
 */
final class Json {
    /** Deeper than the collector takes; something that contains itself is deeper. */
    private static final int DEPTH = 32;

    private Json() {
    }

    /** Throws IllegalArgumentException for what cannot be JSON. */
    static String write(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, 0);
        return text.toString();
    }

    /** A value that nobody can change any more. Throws IllegalArgumentException for what cannot be JSON. */
    static Object copy(Object value) {
        return copy(value, 0);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> copyOf(Map<String, ?> map) {
        return (Map<String, Object>) copy(map, 0);
    }

    /** Throws IllegalArgumentException for what is no JSON. */
    static Object read(String text) {
        return new JsonReader(text).whole();
    }

    /** An object, or null for anything else, broken JSON included. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> readObject(String text) {
        try {
            Object found = read(text);
            return found instanceof Map ? (Map<String, Object>) found : null;
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }

    private static Object copy(Object value, int depth) {
        deepEnough(depth);
        if (value instanceof Map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> one : ((Map<?, ?>) value).entrySet()) {
                if (one.getValue() != null) {
                    copy.put(String.valueOf(one.getKey()), copy(one.getValue(), depth + 1));
                }
            }
            return copy;
        }
        if (value instanceof Iterable) {
            List<Object> copy = new ArrayList<>();
            for (Object one : (Iterable<?>) value) {
                copy.add(copy(one, depth + 1));
            }
            return copy;
        }
        if (value instanceof Object[]) {
            List<Object> copy = new ArrayList<>();
            for (Object one : (Object[]) value) {
                copy.add(copy(one, depth + 1));
            }
            return copy;
        }
        return plain(value);
    }

    private static Object plain(Object value) {
        if (value instanceof BigDecimal) {
            return Amounts.text((BigDecimal) value);
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException(value + " is no number of JSON; leave it out");
            }
            return value;
        }
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            return value.toString();
        }
        throw new IllegalArgumentException(
                "a " + value.getClass().getName() + " cannot be JSON; give texts, numbers, lists and maps");
    }

    private static void deepEnough(int depth) {
        if (depth > DEPTH) {
            throw new IllegalArgumentException("deeper than " + DEPTH + " levels; does something contain itself?");
        }
    }

    private static void write(StringBuilder text, Object value, int depth) {
        deepEnough(depth);
        if (value instanceof Map) {
            char before = '{';
            for (Map.Entry<?, ?> one : ((Map<?, ?>) value).entrySet()) {
                if (one.getValue() != null) {
                    quote(text.append(before), String.valueOf(one.getKey()));
                    write(text.append(':'), one.getValue(), depth + 1);
                    before = ',';
                }
            }
            text.append(before == '{' ? "{}" : "}");
        } else if (value instanceof Iterable) {
            char before = '[';
            for (Object one : (Iterable<?>) value) {
                write(text.append(before), one, depth + 1);
                before = ',';
            }
            text.append(before == '[' ? "[]" : "]");
        } else if (value instanceof Object[]) {
            write(text, copy(value, depth), depth);
        } else {
            Object plain = plain(value);
            if (plain instanceof String) {
                quote(text, (String) plain);
            } else {
                text.append(plain);
            }
        }
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char letter = value.charAt(at);
            if (letter == '"' || letter == '\\') {
                text.append('\\').append(letter);
            } else if (letter < ' ') {
                text.append(String.format("\\u%04x", (int) letter));
            } else {
                text.append(letter);
            }
        }
        text.append('"');
    }
}
