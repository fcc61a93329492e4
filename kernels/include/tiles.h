// Vectors of tiles: each lane is a tile of a row, and neighbouring pixels become vectors of one pixel of every tile.

#if LANES > 1
// From 4*LANES neighbouring pixels a[0..3] to d[i] = pixel i of every tile, i < 4.
#define SPLIT_TILES(d, a) \
  { \
    const real_v even0 = (real_v)(a[0].even, a[1].even), even1 = (real_v)(a[2].even, a[3].even); \
    const real_v odd0 = (real_v)(a[0].odd, a[1].odd), odd1 = (real_v)(a[2].odd, a[3].odd); \
    d[0] = (real_v)(even0.even, even1.even); \
    d[1] = (real_v)(odd0.even, odd1.even); \
    d[2] = (real_v)(even0.odd, even1.odd); \
    d[3] = (real_v)(odd0.odd, odd1.odd); \
  }

// The inverse: from d[i] = pixel i of every tile to 4*LANES neighbouring pixels.
#define MERGE_TILES(a, d) \
  { \
    real_v even0, even1, odd0, odd1; \
    even0.even = d[0].lo; \
    even0.odd = d[2].lo; \
    even1.even = d[0].hi; \
    even1.odd = d[2].hi; \
    odd0.even = d[1].lo; \
    odd0.odd = d[3].lo; \
    odd1.even = d[1].hi; \
    odd1.odd = d[3].hi; \
    a[0].even = even0.lo; \
    a[0].odd = odd0.lo; \
    a[1].even = even0.hi; \
    a[1].odd = odd0.hi; \
    a[2].even = even1.lo; \
    a[2].odd = odd1.lo; \
    a[3].even = even1.hi; \
    a[3].odd = odd1.hi; \
  }

// v without its first lane, last appended: the same pixel of the next tile.
#if LANES == 16
#define NEXT_TILE(v, last) ((float16)(v.s1, v.s23, v.s4567, v.s89abcdef, last))
#elif LANES == 8
#define NEXT_TILE(v, last) ((float8)(v.s1, v.s23, v.s4567, last))
#elif LANES == 4
#define NEXT_TILE(v, last) ((float4)(v.s1, v.s23, last))
#else
#define NEXT_TILE(v, last) ((float2)(v.s1, last))
#endif
#endif
