package nl.klantreis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one text of JSON. Whole numbers become Long, others Double. */
final class JsonReader {
    /** An answer of a stranger must not overflow the stack. */
    private static final int DEPTH = 64;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Object whole() {
        Object value = value(0);
        space();
        if (at < text.length()) {
            throw wrong("more after the end");
        }
        return value;
    }

    private Object value(int depth) {
        if (depth > DEPTH) {
            throw wrong("too deep");
        }
        switch (next()) {
            case '{':
                return object(depth);
            case '[':
                return list(depth);
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> found = new LinkedHashMap<>();
        at++;
        if (next() == '}') {
            at++;
            return found;
        }
        while (true) {
            if (next() != '"') {
                throw wrong("a name is missing");
            }
            String name = string();
            expect(':');
            found.put(name, value(depth + 1));
            if (next() != ',') {
                expect('}');
                return found;
            }
            at++;
        }
    }

    private List<Object> list(int depth) {
        List<Object> found = new ArrayList<>();
        at++;
        if (next() == ']') {
            at++;
            return found;
        }
        while (true) {
            found.add(value(depth + 1));
            if (next() != ',') {
                expect(']');
                return found;
            }
            at++;
        }
    }

    private String string() {
        StringBuilder found = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '"') {
                at++;
                return found.toString();
            }
            if (letter < ' ') {
                throw wrong("a control character in a text");
            }
            found.append(letter == '\\' ? escaped() : letter);
        }
        throw wrong("a text without end");
    }

    private char escaped() {
        at++;
        char letter = at < text.length() ? text.charAt(at) : 0;
        switch (letter) {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case '"':
            case '\\':
            case '/':
                return letter;
            case 'u':
                return hex();
            default:
                throw wrong("an unknown escape");
        }
    }

    private char hex() {
        int code = 0;
        for (int digit = 0; digit < 4; digit++) {
            at++;
            int value = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (value < 0) {
                throw wrong("an unknown escape");
            }
            code = code << 4 | value;
        }
        return (char) code;
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        try {
            return digits.matches("-?\\d{1,18}") ? (Object) Long.valueOf(digits) : Double.valueOf(digits);
        } catch (NumberFormatException no) {
            throw wrong("no value");
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("an unknown word");
        }
        at += word.length();
        return value;
    }

    private void expect(char letter) {
        if (next() != letter) {
            throw wrong("no " + letter);
        }
        at++;
    }

    private char next() {
        space();
        if (at >= text.length()) {
            throw wrong("too short");
        }
        return text.charAt(at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("no JSON: " + what + " at " + at);
    }
}
