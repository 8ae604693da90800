package nl.klantreis;

import java.util.Collections;
import java.util.Map;

/** What came back for a request. Status 0: nobody answered, and {@code fault} says why. */
public final class Reply {
    public final int status;
    /** By names in lower case. */
    public final Map<String, String> headers;
    public final String body;
    public final String fault;

    public Reply(int status, Map<String, String> headers, String body) {
        this(status, headers, body, "");
    }

    private Reply(int status, Map<String, String> headers, String body, String fault) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.fault = fault;
    }

    /** Nobody answered. */
    public static Reply none(String fault) {
        return new Reply(0, Collections.<String, String>emptyMap(), "", fault);
    }
}
