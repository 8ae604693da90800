package nl.klantreis;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What is left out of touchpoints of those who may not be told apart, and of addresses always. */
final class Privacy {
    /** Names under which something may tell people apart. */
    private static final Pattern TELLING = Pattern.compile("_id$|^(sequence|identity|ambass)");
    private static final Pattern ADDRESS = Pattern.compile("url$|^referrer");
    /** A parameter that looks like personal data, by its name or because there is a mail address in it. */
    private static final Pattern PERSONAL =
            Pattern.compile("[^=]*(mail|phone|name|pass|token)|.*(@|%40)", Pattern.CASE_INSENSITIVE);
    /** Of a click id, by which an advertiser knows the person, only the kind is told without consent. */
    private static final Pattern CLICK = Pattern.compile("(\\w*clk?id|.braid)=.*", Pattern.CASE_INSENSITIVE);

    private Privacy() {
    }

    /** Takes out, in place and on all levels, what may not be told. */
    static void clean(Object value, boolean allowed) {
        if (value instanceof Map) {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = (Map<String, Object>) value;
            for (Iterator<Map.Entry<String, Object>> all = map.entrySet().iterator(); all.hasNext();) {
                Map.Entry<String, Object> one = all.next();
                if (!allowed && TELLING.matcher(one.getKey()).find()) {
                    all.remove();
                } else if (one.getValue() instanceof String && ADDRESS.matcher(one.getKey()).find()) {
                    one.setValue(address((String) one.getValue(), allowed));
                } else {
                    clean(one.getValue(), allowed);
                }
            }
        } else if (value instanceof List) {
            for (Object one : (List<?>) value) {
                clean(one, allowed);
            }
        }
    }

    /** An address without what tells of a person; without consent only the campaign is left of its query. */
    static String address(String url, boolean allowed) {
        int fragment = url.indexOf('#');
        String before = fragment < 0 ? url : url.substring(0, fragment);
        int query = before.indexOf('?');
        if (query < 0) {
            return before;
        }
        StringBuilder kept = new StringBuilder();
        for (String one : before.substring(query + 1).split("&")) {
            String told = parameter(one, allowed);
            if (!told.isEmpty()) {
                kept.append(kept.length() == 0 ? '?' : '&').append(told);
            }
        }
        return before.substring(0, query) + kept;
    }

    private static String parameter(String one, boolean allowed) {
        if (PERSONAL.matcher(one).lookingAt()) {
            return "";
        }
        if (allowed || one.startsWith("utm_")) {
            return one;
        }
        return CLICK.matcher(one).matches() ? one.substring(0, one.indexOf('=')) : "";
    }
}
