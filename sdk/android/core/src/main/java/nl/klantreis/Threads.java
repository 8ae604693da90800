package nl.klantreis;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Two threads: one for everything, one that waits for the network. Neither keeps a program from ending. */
final class Threads implements Turns {
    private static final long IDLE_S = 10;
    /** For what was handed over, when all ends. */
    private static final long END_S = 2;

    private final Platform platform;
    private final ScheduledThreadPoolExecutor line;
    private final ExecutorService network;

    Threads(Platform platform) {
        this(platform, new ScheduledThreadPoolExecutor(1, named("klantreis")));
    }

    Threads(Platform platform, ScheduledThreadPoolExecutor line) {
        this.platform = platform;
        this.line = line;
        line.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1, 1, IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<Runnable>(), named("klantreis-network"));
        one.allowCoreThreadTimeOut(true);
        network = one;
    }

    @Override
    public void run(Runnable work) {
        hand(line, work);
    }

    @Override
    public void after(long ms, Runnable work) {
        try {
            line.schedule(safely(work), ms, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ended) {
            // what waits is on disk for the next start
        }
    }

    @Override
    public void ask(Question question, Answered then) {
        hand(network, () -> {
            Reply reply;
            try {
                reply = question.ask();
            } catch (RuntimeException | Error fault) {
                reply = Reply.none("asking failed: " + fault);
            }
            Reply answer = reply;
            run(() -> then.answered(answer));
        });
    }

    @Override
    public void end() {
        // In its turn: at once it would throw away, on Java 8 and on Android, what was handed over and not begun.
        hand(line, line::shutdown);
        network.shutdown();
        try {
            line.awaitTermination(END_S, TimeUnit.SECONDS);
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }

    private void hand(ExecutorService to, Runnable work) {
        try {
            to.execute(safely(work));
        } catch (RejectedExecutionException ended) {
            // the same
        }
    }

    /** No error may end a thread: nobody would start it again. */
    private Runnable safely(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error fault) {
                platform.warn("klantreis: " + fault, fault);
            }
        };
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
