package nl.klantreis.jvm;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import nl.klantreis.HttpPost;
import nl.klantreis.Now;
import nl.klantreis.Platform;
import nl.klantreis.Reply;

/** Any JVM, 8 or newer: a till, a kiosk, a server, a desktop program. Its log is that of java.util.logging. */
@JvmOnly
public final class JvmPlatform implements Platform {
    private static final Logger LOG = Logger.getLogger("nl.klantreis");
    private static final Path BOOT = Paths.get("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Paths.get("/proc/uptime");

    private final File folder;
    private final String channel;
    /** Empty where the system does not name its boots: then the clock of this run of the program counts. */
    private final String systemBoot;
    private final String ownBoot = UUID.randomUUID().toString();

    /** {@code folder} is of this program alone, on a disk of this machine (not on a network share). */
    public JvmPlatform(File folder, String channel) {
        this.folder = folder;
        this.channel = channel;
        this.systemBoot = uptimeMs() < 0 ? "" : text(BOOT);
    }

    @Override
    public File folder() {
        return folder;
    }

    @Override
    public void replace(File from, File to) throws IOException {
        Files.move(from.toPath(), to.toPath(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void syncFolder(File folder) throws IOException {
        if (File.separatorChar == '/') { // Windows does it by itself
            try (FileChannel channel = FileChannel.open(folder.toPath(), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public Now now() {
        long uptimeMs = systemBoot.isEmpty() ? -1 : uptimeMs();
        return uptimeMs < 0
                ? new Now(System.currentTimeMillis(), System.nanoTime() / 1_000_000, ownBoot)
                : new Now(System.currentTimeMillis(), uptimeMs, systemBoot);
    }

    @Override
    public Reply post(String url, byte[] json) {
        return HttpPost.send(url, json);
    }

    @Override
    public String channel() {
        return channel;
    }

    @Override
    public Map<String, Object> context() {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("language", Locale.getDefault().toLanguageTag());
        context.put("time_zone", TimeZone.getDefault().getID());
        context.put("os_name", System.getProperty("os.name"));
        context.put("os_version", System.getProperty("os.version"));
        return context;
    }

    @Override
    public void warn(String message, Throwable cause) {
        LOG.log(Level.WARNING, message, cause);
    }

    /** Since the machine started, asleep too; below 0 where the system does not say. */
    private static long uptimeMs() {
        String text = text(UPTIME);
        int end = text.indexOf(' ');
        try {
            return end < 0 ? -1 : Math.round(Double.parseDouble(text.substring(0, end)) * 1000);
        } catch (NumberFormatException no) {
            return -1;
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
        } catch (IOException no) {
            return "";
        }
    }
}
