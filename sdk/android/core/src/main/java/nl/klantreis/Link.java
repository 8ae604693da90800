package nl.klantreis;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nl.klantreis.part.Campaign;

/** What a link that was followed, or the referrer of an installation, says: campaign, ambassador, QR code, visitor. */
final class Link {
    /** A link names the visitor for so long: whoever shares the address later shares nobody. */
    private static final long FRESH_S = 120;
    private static final String VISITOR = "kr_id";
    private static final Pattern CLICK = Pattern.compile("\\w*clk?id|.braid", Pattern.CASE_INSENSITIVE);
    private static final Pattern PLACE = Pattern.compile("(store|print)\\.(.+)");

    /** The link without whom it names. */
    final String address;
    /** Null where none is named. */
    final Campaign campaign;
    String ambassador;
    /** Where a QR code hangs; null where it was none. */
    String place;
    boolean isStore;
    /** Who the person is on your site, by a link of a moment ago; else null. */
    String visitor;

    /** Of an address, or of a query alone. */
    Link(String link, long wallMs) {
        String whole = link.indexOf('#') < 0 ? link : link.substring(0, link.indexOf('#'));
        int query = whole.indexOf('?');
        StringBuilder kept = new StringBuilder(query < 0 ? whole : whole.substring(0, query));
        char before = '?';
        Campaign found = new Campaign();
        for (String one : whole.substring(query + 1).split("&")) {
            int is = one.indexOf('=');
            String name = is < 0 ? one : one.substring(0, is);
            String value = is < 0 ? "" : decoded(one.substring(is + 1));
            if (!value.isEmpty()) {
                put(found, name, value, wallMs);
            }
            if (query >= 0 && !name.equals(VISITOR)) {
                kept.append(before).append(one);
                before = '&';
            }
        }
        if (place != null) {
            Campaign qr = new Campaign().source(place).medium("qr");
            found = found.fields().isEmpty() ? qr : found;
        }
        campaign = found.fields().isEmpty() ? null : found;
        address = kept.toString();
    }

    private void put(Campaign found, String name, String value, long wallMs) {
        switch (name) {
            case "utm_source":
                found.source(value);
                break;
            case "utm_medium":
                found.medium(value);
                break;
            case "utm_campaign":
                found.name(value);
                break;
            case "utm_id":
                found.id(value);
                break;
            case "utm_term":
                found.term(value);
                break;
            case "utm_content":
                found.content(value);
                break;
            case "kr_amb":
                ambassador = value;
                break;
            case "kr_src":
                Matcher place = PLACE.matcher(value);
                if (place.matches()) {
                    this.place = place.group(2);
                    isStore = place.group(1).equals("store");
                }
                break;
            case VISITOR:
                visitor = fresh(value, wallMs / 1000);
                break;
            default:
                if (CLICK.matcher(name).matches()) {
                    found.clickId(value).clickIdKind(name);
                }
        }
    }

    /** The visitor of {@code visitor.seconds}, the seconds in base 36, unless it is old. */
    private static String fresh(String value, long nowS) {
        int dot = value.lastIndexOf('.');
        try {
            long at = Long.parseLong(value.substring(dot + 1), 36);
            return dot > 0 && Math.abs(nowS - at) < FRESH_S ? value.substring(0, dot) : null;
        } catch (NumberFormatException no) {
            return null;
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, "UTF-8");
        } catch (UnsupportedEncodingException | IllegalArgumentException no) {
            return text; // a stray percent sign: as it stands
        }
    }
}
