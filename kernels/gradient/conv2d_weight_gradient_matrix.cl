// Gradient of a convolution's filters over a batch of patches, for GPUs with matrix units: conv2d_weight_gradient_tiled.cl's
// sums as products of matrices, include/matrix.h, of factors of which 11 bits count. Sums are fp32.
//
//   weights'[oc, ic, ky, kx] = sum_{n, y, x} grad[n, oc, y, x] * src[n, ic, y*STRIDE + ky - PADDING, x*STRIDE + kx - PADDING]
//
// src is (N, CHANNELS_IN, height_in, width_in), grad is (N, CHANNELS_OUT, height, width), the batch innermost. partials is
// [span][oc][ic][ky][kx]; of all strips of COLUMNS pixels of TILE_LANES patches, span s of SPANS takes an equal share, from
// the top down. With TRANSPOSED and a step of 1 src and grad have changed places, and so have oc and ic: x is a pixel of the
// convolution's input, (ky, kx) counts from the filter's last tap, PADDING is what its mirror image has. It is for few oc.
//
//   rows     output channels, 16 to a matrix
//   words    patches, 8 to a step
//   columns  the FILTER_W pixels of IC_TILE input channels that meet a pixel of grad, in the order of local memory: one after
//            another, so that 8 of them may be any channels of any taps
//
//   one work-group = OC_WARPS*OC_TILES*16 output channels x IC_TILE input channels x ROW_WARPS*TAP_ROWS rows of taps, one span
//   one warp       =          OC_TILES*16                 x COLUMN_TILES*8 columns x           TAP_ROWS, in registers
//
//     global -> local     COLUMNS pixels of a row of grad and the pixels of src that they meet, TILE_LANES patches of each, as
//                         words; of src only the rows that the strip above has not left
//     local -> private    for 8 patches and a pixel: the words of OC_TILES*16 channels of grad and, where the pixel before has
//                         left them, only the new columns of src
//     private             OC_TILES * COLUMN_TILES * TAP_ROWS products of matrices
//     local -> global     at the end: 8 output channels at a time, as one row of memory

#include "include/lanes.h"
#include "include/partial_sums.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W) || !defined(STRIDE)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H, FILTER_W and STRIDE are needed"
#endif
#if !defined(PADDING) || !defined(OC_TILES) || !defined(OC_WARPS) || !defined(TAP_ROWS) || !defined(ROW_WARPS)
#error "PADDING, OC_TILES, OC_WARPS, TAP_ROWS and ROW_WARPS are needed"
#endif
#if !defined(IC_TILE) || !defined(COLUMN_TILES) || !defined(COLUMN_WARPS) || !defined(COLUMNS) || !defined(TILE_LANES)
#error "IC_TILE, COLUMN_TILES, COLUMN_WARPS, COLUMNS and TILE_LANES are needed"
#endif
#if LANES != 1 || defined(HALF)
#error "LANES must be 1: lanes are summed over here; and floats"
#endif

// Neighbouring words are the same word of two steps, so that an item loads both at once.
#define STEP_LANES 8
#define A_ROW STEP_LANES
#define A_WORD 2
#define B_COLUMN STEP_LANES
#define B_WORD 2
#include "include/matrix.h"

#define GROUP_ITEMS (WARP * OC_WARPS * ROW_WARPS * COLUMN_WARPS)
#define OC_TILE (OC_WARPS * OC_TILES * MATRIX_ROWS)
#define ROWS (ROW_WARPS * TAP_ROWS)
#define ROW_TILES ((FILTER_H + ROWS - 1) / ROWS)
#define SRC_COLUMNS ((COLUMNS - 1) * STRIDE + FILTER_W)
#define VECTORS_WIDE (TILE_LANES / 4)

// Local memory is [row][block of 8 patches][pixel][channel][patch], with gaps that let neighbouring items' stores to all
// blocks of a channel meet no bank twice. What is beyond the last column of src gives sums that nobody stores.
#define BLOCKS (TILE_LANES / STEP_LANES)
#define BLOCK_WORDS(words) (((words) + 31 - 32 / BLOCKS) / 32 * 32 + 32 / BLOCKS)
#define GRAD_BLOCK BLOCK_WORDS(COLUMNS * OC_TILE * STEP_LANES)
#define SRC_BLOCK BLOCK_WORDS(SRC_COLUMNS * IC_TILE * STEP_LANES)
#define SRC_ROW (BLOCKS * SRC_BLOCK)
#define BEYOND ((COLUMN_WARPS * COLUMN_TILES * MATRIX_COLUMNS - FILTER_W * IC_TILE) * STEP_LANES)
#define SRC_WORDS (ROWS * SRC_ROW + BEYOND)

// A warp takes every COLUMN_WARPSth matrix of columns. If that is a whole number of pixels of src, the next pixel of grad
// meets the same matrices, SHIFT further on, and SHIFT new ones.
#define NEXT_PIXEL (STRIDE * IC_TILE)
#define WARP_STEP (COLUMN_WARPS * MATRIX_COLUMNS)
#define SHIFT (NEXT_PIXEL % WARP_STEP == 0 ? NEXT_PIXEL / WARP_STEP : COLUMN_TILES)

#define LOADS (COLUMNS == 2 ? 1 : 2)  // under way at once; 4 take 24 registers more, 2 of 2 columns 18

typedef struct {
  __global const float *first;  // channel 0
  int pitch;
  long plane;
  int channels, height, width;
} tensor_t;

// TILE_LANES patches of rows*columns pixels from row top and column left on, of tile_channels channels from c0 on, row r at
// local row (r + slot) % slots; zero beyond the picture and, as a NaN may be there, beyond the batch. Coordinates are clamped
// to the tensor, so that no load waits for a branch; channels beyond it are its last. An item stays at its patches of its
// channel. Rows of the tensor begin at multiples of 16 floats.
INLINE void load_to_local(__local uint *tile, const int tile_channels, const int block_words, const tensor_t from, const int c0,
                          const int slot, const int slots, const int top, const int rows, const int left, const int columns,
                          const int first_lane, const int lanes) {
  const int lines = tile_channels * VECTORS_WIDE, pixels = rows * columns;
  const int spread = min(lines, GROUP_ITEMS), step = GROUP_ITEMS / spread, first_pixel = get_local_id(0) / spread;
  if (first_pixel >= step) return;
#pragma unroll 1
  for (int line = get_local_id(0) % spread; line < lines; line += GROUP_ITEMS) {
    const int v = line % VECTORS_WIDE, c = line / VECTORS_WIDE, lane = first_lane + v * 4;
    const int4 keep = lane + (int4)(0, 1, 2, 3) < lanes;
    __global const float *channel = from.first + min(c0 + c, from.channels - 1) * from.plane + lane;
    __local uint *to = tile + v / 2 * block_words + c * STEP_LANES + v % 2 * 4;
#pragma unroll 1
    for (int first = first_pixel; first < pixels; first += LOADS * step) {
      float4 values[LOADS];
#pragma unroll
      for (int u = 0; u < LOADS; u++) {
        const int pixel = min(first + u * step, pixels - 1), x = left + pixel % columns, y = top + pixel / columns;
        const int x_in = clamp(x, 0, from.width - 1), y_in = clamp(y, 0, from.height - 1);
        const float4 value = *(__global const float4 *)(channel + (long)(y_in * from.width + x_in) * from.pitch);
        values[u] = select((float4)(0.0f), value, x == x_in && y == y_in ? keep : (int4)(0));
      }
#pragma unroll
      for (int u = 0; u < LOADS; u++) {
        const int pixel = first + u * step;
        const int at = (pixel / columns + slot) % slots * (BLOCKS * block_words) + pixel % columns * (tile_channels * STEP_LANES);
        const uint4 words = (uint4)(tf32(values[u].x), tf32(values[u].y), tf32(values[u].z), tf32(values[u].w));
        if (pixel < pixels) *(__local uint4 *)(to + at) = words;
      }
    }
  }
}

// The words of both steps of an item.
typedef struct {
  a_words_t steps[2];
} a_pair_t;
typedef struct {
  b_words_t steps[2];
} b_pair_t;

#ifdef MATRIX_UNITS
INLINE a_pair_t load_a(__local const uint *origin) {
  const uint2 low = *(__local const uint2 *)origin, high = *(__local const uint2 *)(origin + 8 * A_ROW);
  return (a_pair_t){{{low.x, high.x}, {low.y, high.y}}};
}

INLINE b_pair_t load_b(__local const uint *origin) {
  const uint2 words = *(__local const uint2 *)origin;
  return (b_pair_t){{words.x, words.y}};
}
#else
#define load_a(origin) ((a_pair_t){{A_WORDS(origin), A_WORDS((origin) + 1)}})
#define load_b(origin) ((b_pair_t){{B_WORDS(origin), B_WORDS((origin) + 1)}})
#endif

typedef float sums_t[OC_TILES][TAP_ROWS][COLUMN_TILES][4];

// The products of all pixels in local memory; grad begins at this item's words, as src's rows do.
INLINE void accumulate_in_private(sums_t acc, __local const uint *grad, __local const uint *src[TAP_ROWS]) {
#pragma unroll 1
  for (int block = 0; block < BLOCKS; block++) {
    b_pair_t b[TAP_ROWS][COLUMN_TILES];
    MATRIX_UNROLL
    for (int k = 0; k < TAP_ROWS; k++)
      MATRIX_UNROLL
      for (int n = SHIFT; n < COLUMN_TILES; n++) b[k][n] = load_b(src[k] + block * SRC_BLOCK + (n - SHIFT) * (WARP_STEP * STEP_LANES));
    MATRIX_UNROLL
    for (int x = 0; x < COLUMNS; x++) {
      a_pair_t a[OC_TILES];
      MATRIX_UNROLL
      for (int o = 0; o < OC_TILES; o++) a[o] = load_a(grad + block * GRAD_BLOCK + (x * OC_TILE + o * MATRIX_ROWS) * STEP_LANES);
      MATRIX_UNROLL
      for (int k = 0; k < TAP_ROWS; k++)
        MATRIX_UNROLL
        for (int n = 0; n < COLUMN_TILES; n++) {
          if (n + SHIFT < COLUMN_TILES)
            b[k][n] = b[k][n + SHIFT];
          else
            b[k][n] = load_b(src[k] + block * SRC_BLOCK + (x * NEXT_PIXEL + n * WARP_STEP) * STEP_LANES);
          MATRIX_UNROLL
          for (int o = 0; o < OC_TILES; o++) multiply_add_two(acc[o][k][n], a[o].steps, b[k][n].steps);
        }
    }
  }
}

#define CHANNEL_SUMS (IC_TILE * ROWS * FILTER_W)  // of an output channel

// Half a matrix's sums to local memory, [oc][ic][ky][kx] of 8 output channels.
INLINE void sums_to_local(__local float *sums, const float d[TAP_ROWS][COLUMN_TILES][4], const int half_matrix, const int row,
                          const int column_warp) {
  MATRIX_UNROLL
  for (int n = 0; n < COLUMN_TILES; n++)
    MATRIX_UNROLL
    for (int i = 0; i < 2; i++) {
      const int column = n * WARP_STEP + column_warp * MATRIX_COLUMNS + 2 * WARP_T + i, kx = column / IC_TILE;
      const int at = WARP_G * CHANNEL_SUMS + (column % IC_TILE * ROWS + row) * FILTER_W + kx;
      MATRIX_UNROLL
      for (int k = 0; k < TAP_ROWS; k++)
        if (kx < FILTER_W) sums[at + k * FILTER_W] = d[k][n][half_matrix * 2 + i];
    }
}

INLINE void sums_to_global(__global float *to, __local const float *sums, const int oc0, const int ic0, const int ky0) {
#pragma unroll 1
  for (int at = get_local_id(0); at < 8 * CHANNEL_SUMS; at += GROUP_ITEMS) {
    const int kx = at % FILTER_W, ky = ky0 + at / FILTER_W % ROWS;
    const int ic = at / (FILTER_W * ROWS) % IC_TILE, oc = oc0 + at / CHANNEL_SUMS;
#ifdef TRANSPOSED
    const int filter = (ic0 + ic) * CHANNELS_OUT + oc, tap = (FILTER_H - 1 - ky) * FILTER_W + FILTER_W - 1 - kx;
#else
    const int filter = oc * CHANNELS_IN + ic0 + ic, tap = ky * FILTER_W + kx;
#endif
    if (oc < CHANNELS_OUT && ic0 + ic < CHANNELS_IN && ky < FILTER_H) to[filter * (FILTER_H * FILTER_W) + tap] = sums[at];
  }
}

// Local size: (GROUP_ITEMS, 1, 1). Groups: (tiles of input channels x ROW_TILES, tiles of output channels, SPANS).
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
void conv2d_weight_gradient_matrix(SRC_TENSOR(src), SRC_TENSOR(grad), __global float *restrict partials, const long partials_offset,
                                   const int height_in, const int width_in, const int height, const int width, const int lanes) {
  __local uint4 tiles[(SRC_WORDS + BLOCKS * GRAD_BLOCK) / 4];
  __local uint *grad_tile = (__local uint *)tiles, *src_tile = grad_tile + BLOCKS * GRAD_BLOCK;
  const tensor_t whole_src = {src + src_offset, src_pitch, src_plane, CHANNELS_IN, height_in, width_in};
  const tensor_t whole_grad = {grad + grad_offset, grad_pitch, grad_plane, CHANNELS_OUT, height, width};
  const int warp = get_local_id(0) / WARP, column_warp = warp % COLUMN_WARPS, oc_warp = warp / (COLUMN_WARPS * ROW_WARPS);
  const int row = warp / COLUMN_WARPS % ROW_WARPS * TAP_ROWS;  // the warp's first of taps
  const int ic0 = get_group_id(0) / ROW_TILES * IC_TILE, oc0 = get_group_id(1) * OC_TILE, ky0 = get_group_id(0) % ROW_TILES * ROWS;
  sums_t acc = {{{{0.0f}}}};
  const int strips = (width + COLUMNS - 1) / COLUMNS, units = (lanes + TILE_LANES - 1) / TILE_LANES * height * strips;
  const int span = get_group_id(2), begin = SPAN_BEGIN(span, units), end = SPAN_BEGIN(span + 1, units);
#pragma unroll 1
  for (int unit = begin; unit < end; unit++) {
    const int y = unit % height, x = unit / height % strips * COLUMNS, lane = unit / (strips * height) * TILE_LANES;
    const int kept = y == 0 || unit == begin ? 0 : max(ROWS - STRIDE, 0), top = y * STRIDE;
    load_to_local(grad_tile, OC_TILE, GRAD_BLOCK, whole_grad, oc0, 0, 1, y, 1, x, COLUMNS, lane, lanes);
    load_to_local(src_tile, IC_TILE, SRC_BLOCK, whole_src, ic0, top + kept, ROWS, top + kept + ky0 - PADDING, ROWS - kept,
                  x * STRIDE - PADDING, SRC_COLUMNS, lane, lanes);
    barrier(CLK_LOCAL_MEM_FENCE);
    __local const uint *rows[TAP_ROWS];
    MATRIX_UNROLL
    for (int k = 0; k < TAP_ROWS; k++)
      rows[k] = B_ORIGIN(src_tile + (top + row + k) % ROWS * SRC_ROW + column_warp * (MATRIX_COLUMNS * STEP_LANES));
    accumulate_in_private(acc, A_ORIGIN(grad_tile + oc_warp * (OC_TILES * MATRIX_ROWS * STEP_LANES)), rows);
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  partials += partials_offset + (long)span * (CHANNELS_OUT * CHANNELS_IN * FILTER_H * FILTER_W);
#pragma unroll 1
  for (int w = 0; w < OC_WARPS; w++)
    MATRIX_UNROLL
    for (int half_matrix = 0; half_matrix < 2 * OC_TILES; half_matrix++) {
      if (oc_warp == w) sums_to_local((__local float *)tiles, acc[half_matrix / 2], half_matrix % 2, row, column_warp);
      barrier(CLK_LOCAL_MEM_FENCE);
      sums_to_global(partials, (__local const float *)tiles, oc0 + (w * OC_TILES * 2 + half_matrix) * 8, ic0, ky0);
      barrier(CLK_LOCAL_MEM_FENCE);
    }
}
