// The part of src that a work-group of a convolution for GPUs loads: what TILE_ROWS rows of TILE_LANES lanes of dst are made
// of, halo included. Shared by conv2d_tiled.cl and conv2d_matrix.cl.

#if !defined(TILE_LANES) || !defined(TILE_ROWS) || !defined(FILTER_H) || !defined(FILTER_W) || !defined(STRIDE)
#error "TILE_LANES, TILE_ROWS, FILTER_H, FILTER_W and STRIDE are needed"
#endif

#define SRC_ROWS ((TILE_ROWS - 1) * STRIDE + FILTER_H)
#ifdef LANES_ALONG_BATCH
#define LANE_STEP 1
#define SRC_LANES (FILTER_W * TILE_LANES)  // the columns of the window one after another
#define TAP_LANE(lane, kx) ((kx)*TILE_LANES + (lane))
#else
#define LANE_STEP STRIDE
#define SRC_LANES ((TILE_LANES - 1) * STRIDE + FILTER_W)
#define TAP_LANE(lane, kx) ((lane)*STRIDE + (kx))
#endif

typedef struct {
  int height_in, width_in, lanes;  // lanes: elements of a row of dst (frame) or patches in the batch
} sizes_t;

typedef struct {
  long at;  // from channel 0 of src
  bool inside;
} pixel_t;

// Pixel number pixel of a tile that begins at row top, column left; first_lane counts patches of the batch. An item finds out
// where it lies once for all channels: for each element anew that took 50 instructions of machine code, a fifth of all those
// of a 3x3 window and half of those of a 1x1. Coordinates are clamped to src, where there always is an element, so that no
// load waits for a branch.
INLINE pixel_t pixel_of_tile(const int pixel, const int src_pitch, const int top, const int left, const int first_lane,
                             const sizes_t sizes) {
  const int at = pixel % SRC_LANES, y = top + pixel / SRC_LANES, y_in = clamp(y, 0, sizes.height_in - 1);
#ifdef LANES_ALONG_BATCH
  const int x = left + at / TILE_LANES, x_in = clamp(x, 0, sizes.width_in - 1);
  const int lane = first_lane + at % TILE_LANES, lane_in = min(lane, sizes.lanes - 1);
  const int position = y_in * sizes.width_in + x_in;
  const bool inside = y == y_in && x == x_in && lane == lane_in;
#else
  const int x = left + at, lane_in = clamp(x, 0, sizes.width_in - 1), position = y_in;
  const bool inside = y == y_in && x == lane_in;
#endif
  return (pixel_t){(long)position * src_pitch + lane_in, inside};
}
