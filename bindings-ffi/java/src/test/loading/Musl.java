import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** Has in its memory a file that is called as musl is, as every program of such a system has it, and validates. */
public final class Musl {
    private Musl() {}

    public static void main(String[] arguments) throws Exception {
        try (FileChannel channel = FileChannel.open(Path.of(arguments[0]))) {
            var map = channel.map(MapMode.READ_ONLY, 0, channel.size());
            Use.main(new String[0]);
            System.out.println(map.get(0));
        }
    }
}
