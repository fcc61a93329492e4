package dev.loupe.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The way from who puts rows to who gets them, such as an encoder that asks for a picture's rows
 * while a device makes them: each has a thread, and one band of rows is held between them.
 */
final class RowPipe {
  private final ImageHeader header;
  private long bytesLeft;
  private ByteBuffer band;
  private boolean hasPutAll;
  private boolean hasReaderEnded;
  private Throwable failure;

  private RowPipe(ImageHeader header) {
    this.header = header;
    bytesLeft = header.bytes();
  }

  /** What gets the rows. */
  interface Reader {
    /** Gets all of them. */
    void read(RowSource rows) throws IOException;
  }

  /**
   * Runs both, the reader in a thread of its own, until both have ended; where one fails, the other
   * ends too.
   *
   * @param content puts all rows of the picture into the sink it is given
   * @throws IllegalStateException if these are fewer or more than the header says
   */
  static void run(ImageHeader header, Consumer<RowSink> content, Reader reader) throws IOException {
    RowPipe pipe = new RowPipe(header);
    Thread thread = new Thread(() -> pipe.read(reader), "loupe-encode");
    thread.setDaemon(true);
    thread.start();
    try {
      try {
        content.accept(pipe::put);
      } finally {
        pipe.endPut();
      }
      pipe.rethrow();
    } catch (EncoderException e) {
      throw e.getCause();
    }
  }

  private void read(Reader reader) {
    Throwable thrown = null;
    try {
      reader.read(this::get);
    } catch (Throwable e) {
      thrown = e; // also an Error, such as too little memory: it is thrown where rows are put
    }
    endRead(thrown);
  }

  private synchronized void endRead(Throwable thrown) {
    failure = thrown;
    hasReaderEnded = true;
    notifyAll();
  }

  private synchronized void put(ByteBuffer rows) {
    bytesLeft -= rows.remaining();
    if (bytesLeft < 0) {
      throw new IllegalStateException("more rows than the picture's " + header.height());
    }
    await(() -> band == null || hasReaderEnded);
    rethrow();
    band = ByteBuffer.allocate(rows.remaining()).put(rows).flip();
    notifyAll();
  }

  /** Waits until the reader has ended too, which it does soon, also where this is interrupted. */
  private synchronized void endPut() {
    hasPutAll = true;
    notifyAll();
    boolean interrupted = false;
    while (!hasReaderEnded) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void get(ByteBuffer rows) {
    while (rows.hasRemaining()) {
      await(() -> band != null || hasPutAll);
      if (band == null) {
        throw new IllegalStateException(
            "%d bytes of the picture's %d rows are missing".formatted(bytesLeft, header.height()));
      }
      int count = Math.min(rows.remaining(), band.remaining());
      rows.put(band.slice(band.position(), count));
      band.position(band.position() + count);
      if (!band.hasRemaining()) {
        band = null;
        notifyAll();
      }
    }
  }

  private synchronized void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EncoderException(new InterruptedIOException("interrupted between two rows"));
    }
  }

  private synchronized void rethrow() {
    if (failure instanceof IOException e) {
      throw new EncoderException(e);
    } else if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }
}
