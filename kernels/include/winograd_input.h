// The inputs of a block of a Winograd convolution (conv/conv2d_winograd.cl): where it lies, in a frame or in patches, its rows
// fetched ahead, and their transform to the scratch.

// Columns from one vector of tiles to the next: patches have all their vectors at the same tile.
#ifdef LANES_ALONG_BATCH
#define TILE_STEP 0
#else
#define TILE_STEP (WINOGRAD_OUT * LANES)
#endif

// One row of WINOGRAD_IN inputs of LANES tiles; x is the first tile's first column.
INLINE void load_tiles(real_v d[WINOGRAD_IN], __global const stored_t *row, const int x, const int width, const int edge) {
  real_v a[4];
  const int next = x + 4 * LANES;
  float last[OVERLAP];
#pragma unroll
  for (int i = 0; i < OVERLAP; i++)
    last[i] = !edge || (next + i >= 0 && next + i < width) ? LOAD(row + next + i) : 0.0f;
  if (edge) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int at = x + i * LANES;
      a[i] = at < width ? load_lanes_padded(row, at, width) : (real_v)(0.0f);  // stays within the slack
    }
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++) a[i] = LOAD_LANES(row + x + i * LANES);
  }
  SPLIT_TILES(d, a)
#pragma unroll
  for (int i = 0; i < OVERLAP; i++) d[WINOGRAD_OUT + i] = NEXT_TILE(d[i], last[i]);
}

// Input transform of one channel and LANES tiles: POINTS vectors to scratch, POINT_STRIDE apart.
INLINE void transform_input(__local float *scratch, real_v rows[WINOGRAD_IN][WINOGRAD_IN]) {
#pragma unroll 1
  for (int c = 0; c < WINOGRAD_IN; c++) {
    real_v d[WINOGRAD_IN], o[WINOGRAD_IN];
#pragma unroll
    for (int r = 0; r < WINOGRAD_IN; r++) d[r] = rows[r][c];
    WINOGRAD_INPUT(o, d)
#pragma unroll
    for (int r = 0; r < WINOGRAD_IN; r++) STORE_FLOATS(o[r], scratch + (r * WINOGRAD_IN + c) * POINT_STRIDE);
  }
}

typedef struct {
  int height_in, width_in, height, width, lanes, padding;
} sizes_t;

// Where a block begins: first row and column of its first tile's outputs, and first lane of patches.
typedef struct {
  int y, x, lane;
} block_t;

#ifdef LANES_ALONG_BATCH
#define ROWS_OF_LANES(s) ((s).width)  // rows of lanes to one row of pixels

INLINE block_t block_at(const int column, const int row, const int first_row, const sizes_t s) {
  const int tiles_x = (s.width + WINOGRAD_OUT - 1) / WINOGRAD_OUT;
  return (block_t){row / tiles_x * WINOGRAD_OUT, row % tiles_x * WINOGRAD_OUT, column * TILES};
}

// Fetches a row of inputs.
INLINE void fetch_input(__global const stored_t *channel, const int pitch, const int y, const block_t b, const sizes_t s) {
  for (int c = 0; c < WINOGRAD_IN; c++) {
    const int x = clamp(b.x - s.padding + c, 0, s.width_in - 1);
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) PREFETCH(channel + (long)(y * s.width_in + x) * pitch + b.lane + j * LANES);
  }
}

// Fetches a row of four outputs.
INLINE void fetch_output(__global const stored_t *row, const int pitch, const block_t b, const sizes_t s) {
  for (int x = b.x; x < min(b.x + WINOGRAD_OUT, s.width); x++) {
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) PREFETCH(row + (long)x * pitch + b.lane + j * LANES);
  }
}

INLINE void transform_block(__local float *scratch, __global const stored_t *src, const int pitch, const long plane,
                            const block_t b, const sizes_t s) {
  for (int ic = 0; ic < CHANNELS_IN; ic++) {
    for (int j = 0; j < LANE_BLOCK; j++) {
      real_v rows[WINOGRAD_IN][WINOGRAD_IN];
#pragma unroll 1
      for (int r = 0; r < WINOGRAD_IN; r++) {
        const int y = b.y - s.padding + r;
        real_v d[WINOGRAD_IN];
#pragma unroll
        for (int c = 0; c < WINOGRAD_IN; c++) {
          const int x = b.x - s.padding + c;
          const int inside = y >= 0 && y < s.height_in && x >= 0 && x < s.width_in;
          d[c] = 0.0f;
          if (inside) d[c] = LOAD_LANES(src + ic * plane + (long)(y * s.width_in + x) * pitch + b.lane + j * LANES);
        }
        WINOGRAD_INPUT(rows[r], d)
      }
      transform_input(scratch + ic * TILES + j * LANES, rows);
    }
  }
}
#else
#define ROWS_OF_LANES(s) 1

INLINE block_t block_at(const int column, const int row, const int first_row, const sizes_t s) {
  return (block_t){first_row + row * WINOGRAD_OUT, column * (TILES * WINOGRAD_OUT), 0};
}

INLINE void fetch_input(__global const stored_t *channel, const int pitch, const int y, const block_t b, const sizes_t s) {
#pragma unroll
  for (int i = 0; i < WINOGRAD_OUT * LANE_BLOCK; i++) PREFETCH(channel + (long)y * pitch + b.x + i * LANES);
}

INLINE void fetch_output(__global const stored_t *row, const int pitch, const block_t b, const sizes_t s) {
#pragma unroll
  for (int i = 0; i < WINOGRAD_OUT * LANE_BLOCK; i++) PREFETCH(row + b.x + i * LANES);
}

INLINE void transform_block(__local float *scratch, __global const stored_t *src, const int pitch, const long plane,
                            const block_t b, const sizes_t s) {
  const int edge = b.x < s.padding || b.x + TILES * WINOGRAD_OUT + OVERLAP > s.width_in;
  for (int ic = 0; ic < CHANNELS_IN; ic++) {
    for (int j = 0; j < LANE_BLOCK; j++) {
      real_v rows[WINOGRAD_IN][WINOGRAD_IN];
#pragma unroll 1
      for (int r = 0; r < WINOGRAD_IN; r++) {
        const int y = b.y - s.padding + r;
        real_v d[WINOGRAD_IN];
        if (y >= 0 && y < s.height_in) {
          load_tiles(d, src + ic * plane + (long)y * pitch, b.x - s.padding + j * (4 * LANES), s.width_in, edge);
        } else {
#pragma unroll
          for (int c = 0; c < WINOGRAD_IN; c++) d[c] = 0.0f;
        }
        WINOGRAD_INPUT(rows[r], d)
      }
      transform_input(scratch + ic * TILES + j * LANES, rows);
    }
  }
}
#endif
