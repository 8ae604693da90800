package nl.klantreis.android;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** A port that takes touchpoints as a collector does, and keeps the text of each. */
final class Collecting implements AutoCloseable {
    private static final Pattern TOUCHPOINT = Pattern.compile("\\{\"channel\".*?(?=,\\{\"channel\"|\\]\\}$)");

    final List<String> touchpoints = Collections.synchronizedList(new ArrayList<>());
    volatile int status = 202;
    private final HttpServer server;

    Collecting() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/v1/touchpoints", this::take);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** Those of a type, in the order in which they came. */
    List<String> of(String type) {
        List<String> found = new ArrayList<>();
        synchronized (touchpoints) {
            for (String one : touchpoints) {
                if (one.contains("\"type\":\"" + type + "\"")) {
                    found.add(one);
                }
            }
        }
        return found;
    }

    private void take(HttpExchange exchange) throws IOException {
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        InputStream in = packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        for (int count; (count = in.read(piece)) > 0;) {
            body.write(piece, 0, count);
        }
        String text = body.toString("UTF-8");
        List<String> came = new ArrayList<>();
        Matcher all = TOUCHPOINT.matcher(text.substring(text.indexOf("\"touchpoints\":[") + 15));
        while (all.find()) {
            came.add(all.group());
        }
        String answer = "{\"reason\":\"told_to_fail\"}";
        if (status == 202) {
            touchpoints.addAll(came);
            answer = "{\"accepted\":" + came.size() + ",\"rejected\":[]}";
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
