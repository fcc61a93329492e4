// Winograd F(4x4, 3x3) and F(4x4, 5x5) on vectors of tiles (Lavin and Gray, CVPR 2016): 36 multiplications for 16 outputs instead of
// 144, or 64 instead of 400. Interpolation points 0, 1, -1, 2, -2 and, for 5x5, 1/2, -1/2. Each lane is a tile; its inputs overlap
// the next tile's by FILTER - 1.

#define WINOGRAD_OUT 4                            // outputs of a tile along one axis
#define WINOGRAD_IN (WINOGRAD_OUT + FILTER - 1)   // inputs of a tile along one axis
#define OVERLAP (WINOGRAD_IN - WINOGRAD_OUT)

#if FILTER == 3
// B^T d for one row or column.
#define WINOGRAD_INPUT(o, d) \
  { \
    const real_v za = d[4] - 4.0f * d[2], zb = d[3] - 4.0f * d[1], zc = d[4] - d[2], zd = 2.0f * (d[3] - d[1]); \
    o[0] = 4.0f * d[0] - 5.0f * d[2] + d[4]; \
    o[1] = za + zb; \
    o[2] = za - zb; \
    o[3] = zc + zd; \
    o[4] = zc - zd; \
    o[5] = 4.0f * d[1] - 5.0f * d[3] + d[5]; \
  }

// A^T m for one row or column.
#define WINOGRAD_OUTPUT(o, m) \
  { \
    const real_v zp = m[1] + m[2], zq = m[1] - m[2], zr = m[3] + m[4], zs = m[3] - m[4]; \
    o[0] = m[0] + zp + zr; \
    o[1] = zq + 2.0f * zs; \
    o[2] = zp + 4.0f * zr; \
    o[3] = zq + 8.0f * zs + m[5]; \
  }
#elif FILTER == 5
#define WINOGRAD_INPUT(o, d) \
  { \
    const real_v za = d[2] + d[6] - 4.25f * d[4], zb = d[1] + d[5] - 4.25f * d[3]; \
    const real_v zc = d[6] + 0.25f * d[2] - 1.25f * d[4], zd = 0.5f * d[1] - 2.5f * d[3] + 2.0f * d[5]; \
    const real_v ze = d[6] + 4.0f * d[2] - 5.0f * d[4], zf = 2.0f * d[1] - 2.5f * d[3] + 0.5f * d[5]; \
    o[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]); \
    o[1] = za + zb; \
    o[2] = za - zb; \
    o[3] = zc + zd; \
    o[4] = zc - zd; \
    o[5] = ze + zf; \
    o[6] = ze - zf; \
    o[7] = d[7] - d[1] + 5.25f * (d[3] - d[5]); \
  }

#define WINOGRAD_OUTPUT(o, m) \
  { \
    const real_v zp = m[1] + m[2], zq = m[1] - m[2], zr = m[3] + m[4], zs = m[3] - m[4], zt = m[5] + m[6], zu = m[5] - m[6]; \
    o[0] = m[0] + zp + zr + zt; \
    o[1] = zq + 2.0f * zs + 0.5f * zu; \
    o[2] = zp + 4.0f * zr + 0.25f * zt; \
    o[3] = zq + 8.0f * zs + 0.125f * zu + m[7]; \
  }
#else
#error "FILTER (3 or 5) is needed"
#endif
