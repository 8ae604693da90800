package nl.klantreis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** One POST by {@code HttpURLConnection}, which every Java and every Android has. */
public final class HttpPost {
    /** Milliseconds without a byte from the other side. */
    private static final int STALLED_MS = 20_000;
    /** For a whole answer: one that trickles in for ever is none. */
    private static final long ANSWERED_WITHIN_MS = 60_000;
    private static final int ANSWER_BYTES = 1 << 20;
    /** What fits into one packet is not compressed. */
    private static final int PLAIN_BYTES = 1400;

    private HttpPost() {
    }

    /** Sends JSON and waits for the answer. Whatever the network does is told in the reply. Follows nobody elsewhere. */
    public static Reply send(String url, byte[] json) {
        HttpURLConnection connection = null;
        try {
            connection = (HttpURLConnection) new URL(url).openConnection();
            // A captive portal redirects; the key must not go there.
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(STALLED_MS);
            connection.setReadTimeout(STALLED_MS);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setRequestProperty("User-Agent", Version.NAME + "/" + Version.VERSION);
            byte[] body = json;
            if (json.length > PLAIN_BYTES) {
                body = packed(json);
                connection.setRequestProperty("Content-Encoding", "gzip");
            }
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            return read(connection);
        } catch (IOException | RuntimeException fault) { // SecurityException: the app may not use the network
            return Reply.none("no answer from " + url + ": " + fault);
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    private static Reply read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status < 100) {
            return Reply.none("no HTTP came back");
        }
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, List<String>> one : connection.getHeaderFields().entrySet()) {
            if (one.getKey() != null && !one.getValue().isEmpty()) {
                headers.put(one.getKey().toLowerCase(Locale.ROOT), one.getValue().get(0));
            }
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        long until = System.nanoTime() + ANSWERED_WITHIN_MS * 1_000_000;
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] piece = new byte[8192];
            for (int count; in != null && (count = in.read(piece)) > 0;) {
                body.write(piece, 0, count);
                if (body.size() > ANSWER_BYTES || System.nanoTime() > until) {
                    return new Reply(status, headers, ""); // no collector's
                }
            }
        } catch (IOException cutShort) {
            return new Reply(status, headers, "");
        }
        return new Reply(status, headers, new String(body.toByteArray(), StandardCharsets.UTF_8));
    }

    private static byte[] packed(byte[] json) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(json);
        }
        return packed.toByteArray();
    }
}
