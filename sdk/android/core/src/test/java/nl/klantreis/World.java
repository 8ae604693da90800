package nl.klantreis;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * A device with its clocks and its network in the hands of a test, on a real disk. Time stands still until {@link #pass}
 * says otherwise.
 */
final class World implements Platform {
    /** What the network answers; null: it is away. */
    interface Network {
        Reply answer(Map<String, Object> body);
    }

    final File folder;
    Network network = World::accepts;
    final List<Request> requests = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    String channel = "mobile";
    final Map<String, Object> context = new LinkedHashMap<>();
    /** Fails every use of the disk that a test can see, while it is set. */
    boolean diskFails;
    /** Fails to make new names last. */
    boolean namesFail;
    /** No thread can be had to ask the network. */
    boolean noThreads;
    /** How often somebody asked where the folder is. */
    int folderAsked;

    private long wallMs;
    private long uptimeMs = 1000;
    private int boots = 1;
    private Life life = new Life();

    /** One request, as it came. */
    static final class Request {
        final Map<String, Object> body;
        final int bytes;
        final Now at;

        Request(Map<String, Object> body, int bytes, Now at) {
            this.body = body;
            this.bytes = bytes;
            this.at = at;
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> touchpoints() {
            return (List<Map<String, Object>>) body.get("touchpoints");
        }
    }

    /** The turns of one program: what is planned when. */
    final class Life implements Turns {
        private final PriorityQueue<Planned> planned = new PriorityQueue<>();
        private long number;
        private boolean ended;

        @Override
        public void run(Runnable work) {
            after(0, work);
        }

        @Override
        public void after(long ms, Runnable work) {
            if (!ended) {
                planned.add(new Planned(uptimeMs + ms, number++, work));
            }
        }

        @Override
        public void ask(Question question, Answered then) {
            if (noThreads) {
                throw new OutOfMemoryError("told to fail");
            }
            run(() -> {
                Reply reply = question.ask();
                run(() -> then.answered(reply));
            });
        }

        @Override
        public void end() {
            // what is planned is let go of when the program ends
        }
    }

    private static final class Planned implements Comparable<Planned> {
        final long at;
        final long number;
        final Runnable work;

        Planned(long at, long number, Runnable work) {
            this.at = at;
            this.number = number;
            this.work = work;
        }

        @Override
        public int compareTo(Planned other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    World(File folder, long wallMs) {
        this.folder = folder;
        this.wallMs = wallMs;
    }

    Life turns() {
        return life;
    }

    /** Whatever still ran is gone; with {@code device} the clock that nobody can set begins anew. */
    void end(boolean device) {
        life.ended = true;
        life.planned.clear();
        life = new Life();
        if (device) {
            boots++;
            uptimeMs = 5;
        }
    }

    void setClock(long ms) {
        wallMs = ms;
    }

    /** Time passes on both clocks, and what is due by then happens in its order. */
    void pass(long ms) {
        long until = uptimeMs + ms;
        while (!life.planned.isEmpty() && life.planned.peek().at <= until) {
            Planned next = life.planned.poll();
            long step = Math.max(0, next.at - uptimeMs);
            uptimeMs += step;
            wallMs += step;
            next.work.run();
        }
        wallMs += until - uptimeMs;
        uptimeMs = until;
    }

    static Reply accepts(Map<String, Object> body) {
        int count = ((List<?>) body.get("touchpoints")).size();
        return new Reply(202, Collections.<String, String>emptyMap(), "{\"accepted\":" + count + ",\"rejected\":[]}");
    }

    @Override
    public File folder() {
        folderAsked++;
        return folder;
    }

    @Override
    public void replace(File from, File to) throws IOException {
        if (diskFails) {
            throw new IOException("told to fail");
        }
        if (isOpen(from) || isOpen(to)) {
            throw new IOException("it is open: Windows would not move it");
        }
        Files.move(from.toPath(), to.toPath(), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether this process has it open, where the system tells. */
    private static boolean isOpen(File file) throws IOException {
        File[] all = new File("/proc/self/fd").listFiles();
        for (File one : all == null ? new File[0] : all) {
            if (one.getCanonicalFile().equals(file.getCanonicalFile())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void syncFolder(File folder) throws IOException {
        if (namesFail) {
            throw new IOException("told to fail");
        }
    }

    @Override
    public Now now() {
        return new Now(wallMs, uptimeMs, "boot-" + boots);
    }

    @Override
    public Reply post(String url, byte[] json) {
        Map<String, Object> body = Json.readObject(new String(json, StandardCharsets.UTF_8));
        requests.add(new Request(body, json.length, now()));
        return network == null ? Reply.none("away") : network.answer(body);
    }

    @Override
    public String channel() {
        return channel;
    }

    @Override
    public Map<String, Object> context() {
        return context;
    }

    @Override
    public void warn(String message, Throwable cause) {
        warnings.add(message);
    }
}
