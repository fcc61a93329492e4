package dev.loupe.opencl;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A child of this process that compiles programs to the cache, one at a time, for drivers that
 * compile no two at once in one process. It is Java with this class path, and ends with its input.
 *
 * <p>To it go the name and the text of a program, each an int and so many bytes of UTF-8; a line
 * comes back: {@link #COMPILED} or {@link #REFUSED}. Other lines are the driver's talk.
 */
final class CompilerProcess implements AutoCloseable {
  private static final String COMPILED = "loupe: compiled";
  private static final String REFUSED = "loupe: refused";

  private final Process process;
  private final DataOutputStream programs;
  private final BufferedReader answers;

  private CompilerProcess(Process process) {
    this.process = process;
    this.programs = new DataOutputStream(process.getOutputStream());
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts one; what goes wrong in it shows at the first program.
   *
   * @throws IOException if there is no Java to start
   */
  static CompilerProcess start(Device device, Path cache) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("loupe.") || name.startsWith("org.lwjgl.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CompilerProcess.class.getName());
    command.addAll(List.of(device.origin().binding().name(), device.id(), cache.toString()));
    return new CompilerProcess(new ProcessBuilder(command).redirectError(Redirect.DISCARD).start());
  }

  /**
   * Whether a program compiles; it is in the cache then.
   *
   * @throws IOException if the process has ended
   */
  boolean compile(ProgramSource source) throws IOException {
    write(source.name());
    write(source.text());
    programs.flush();
    String answer = answers.readLine();
    while (answer != null && !answer.endsWith(COMPILED) && !answer.endsWith(REFUSED)) {
      answer = answers.readLine();
    }
    if (answer == null) {
      throw new EOFException("the compiler process has ended");
    }
    return answer.endsWith(COMPILED); // the driver may print, too, and without a line's end
  }

  private void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    programs.writeInt(bytes.length);
    programs.write(bytes);
  }

  @Override
  public void close() {
    process.destroy();
  }

  /** The child's side: {@code BINDING DEVICE_ID CACHE_DIRECTORY}, programs on stdin. */
  public static void main(String[] arguments) throws IOException {
    Device device = OpenCl.load(arguments[0]).select(arguments[1]);
    DataInputStream programs = new DataInputStream(System.in);
    try (Context context = Context.create(device, ProgramCache.in(Path.of(arguments[2])))) {
      while (true) {
        ProgramSource source = new ProgramSource(read(programs), read(programs));
        System.out.println(answer(context, source));
      }
    } catch (EOFException e) {
      return; // The parent has no more.
    }
  }

  private static String answer(Context context, ProgramSource source) {
    try {
      context.compile(source);
      return COMPILED;
    } catch (ClException e) {
      return REFUSED;
    }
  }

  private static String read(DataInputStream programs) throws IOException {
    byte[] bytes = new byte[programs.readInt()];
    programs.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
