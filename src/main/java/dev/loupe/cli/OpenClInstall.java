package dev.loupe.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What this machine's file system says of its OpenCL: the loader and the registered drivers. */
final class OpenClInstall {
  /** Takes the place of the directory of ICD files, for Khronos's loader and ocl-icd. */
  private static final String VENDORS_VARIABLE = "OCL_ICD_VENDORS";

  private static final Path VENDORS = Path.of("/etc/OpenCL/vendors");
  private static final List<String> LIBRARY_DIRECTORIES =
      List.of(
          "/usr/lib",
          "/usr/lib64",
          "/usr/local/lib",
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/System/Library/Frameworks/OpenCL.framework");

  private OpenClInstall() {}

  /** Loader libraries, such as libOpenCL.so.1. */
  static List<String> loaders() {
    List<String> directories = new ArrayList<>(LIBRARY_DIRECTORIES);
    String more = System.getenv("LD_LIBRARY_PATH");
    if (more != null) {
      directories.addAll(List.of(more.split(":")));
    }
    List<String> found = new ArrayList<>();
    for (String directory : directories) {
      list(Path.of(directory), "{libOpenCL.so*,OpenCL}", found);
    }
    return found;
  }

  /** ICD files, each with the driver library it names: {@code FILE: LIBRARY}. */
  static List<String> drivers() {
    String variable = System.getenv(VENDORS_VARIABLE);
    Path directory = variable == null || variable.isBlank() ? VENDORS : Path.of(variable);
    List<String> files = new ArrayList<>();
    if (Files.isRegularFile(directory)) {
      files.add(directory.toString());
    } else {
      list(directory, "*.icd", files);
    }
    return files.stream().map(file -> file + ": " + content(Path.of(file))).toList();
  }

  /** {@code OCL_ICD_VENDORS} where it is set, or the standard directory. */
  static String registry() {
    String variable = System.getenv(VENDORS_VARIABLE);
    return variable == null ? VENDORS.toString() : VENDORS_VARIABLE + "=" + variable;
  }

  private static void list(Path directory, String pattern, List<String> into) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
      files.forEach(file -> found.add(file.toString()));
    } catch (IOException e) {
      found.add(directory + " (cannot be read)");
    }
    Collections.sort(found);
    into.addAll(found);
  }

  /** The library's name; one given by its path is looked up. */
  private static String content(Path icd) {
    try {
      String library = Files.readString(icd).strip();
      boolean isMissing = library.startsWith("/") && !Files.exists(Path.of(library));
      return library + (isMissing ? " (MISSING; install the driver again)" : "");
    } catch (IOException e) {
      return "(cannot be read; check its access rights)";
    }
  }
}
