// What the AVX-512 versions share: nothing where the machine has none.
#pragma once
#ifdef __AVX512F__
#include <immintrin.h>

#include <cmath>

typedef double Double8 __attribute__((vector_size(64)));

/// Transposes 8 rows of 8.
inline void transpose(Double8* r) {
    Double8 t[8], u[8];
    for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm512_unpacklo_pd(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_pd(r[2 * i], r[2 * i + 1]);
    }
    for (int half = 0; half < 2; half++)
        for (int odd = 0; odd < 2; odd++) {
            u[4 * half + odd] = _mm512_shuffle_f64x2(t[4 * half + odd], t[4 * half + 2 + odd], 0x88);
            u[4 * half + 2 + odd] = _mm512_shuffle_f64x2(t[4 * half + odd], t[4 * half + 2 + odd], 0xDD);
        }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_f64x2(u[i], u[4 + i], 0x88);
        r[4 + i] = _mm512_shuffle_f64x2(u[i], u[4 + i], 0xDD);
    }
}

#ifdef HAVE_LIBMVEC
extern "C" __m512d _ZGVeN8v_sin(__m512d);
extern "C" __m512d _ZGVeN8v_cos(__m512d);
#endif

namespace bundle {

inline Double8 root(Double8 v) { return _mm512_sqrt_pd(v); }

inline void sine_cosine(Double8 angle, Double8& s, Double8& c) {
#ifdef HAVE_LIBMVEC
    s = _ZGVeN8v_sin(angle);
    c = _ZGVeN8v_cos(angle);
#else
    for (int lane = 0; lane < 8; lane++) {
        s[lane] = std::sin(angle[lane]);
        c[lane] = std::cos(angle[lane]);
    }
#endif
}

}  // namespace bundle
#endif
