#include <cstdint>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

/// The human heart dipole of MINPACK-2.
struct HeartDipole {
    static constexpr int n = 8, m = 8;
    double sums[8] = {0.485, -0.0019, -0.0581, 0.015, 0.105, 0.0406, 0.167, -0.399};

    template <class T>
    void value(const T* x, T* y) const {
        const T &a = x[0], &b = x[1], &c = x[2], &d = x[3], &t = x[4], &u = x[5], &v = x[6], &w = x[7];
        const T t2 = t * t, u2 = u * u, v2 = v * v, w2 = w * w, tv = t2 - v2, uw = u2 - w2;
        const T t3 = t * (t2 - 3.0 * v2), v3 = v * (v2 - 3.0 * t2), u3 = u * (u2 - 3.0 * w2), w3 = w * (w2 - 3.0 * u2);
        y[0] = a + b - sums[0];
        y[1] = c + d - sums[1];
        y[2] = t * a + u * b - v * c - w * d - sums[2];
        y[3] = v * a + w * b + t * c + u * d - sums[3];
        y[4] = a * tv - 2.0 * c * t * v + b * uw - 2.0 * d * u * w - sums[4];
        y[5] = c * tv + 2.0 * a * t * v + d * uw + 2.0 * b * u * w - sums[5];
        y[6] = a * t3 + c * v3 + b * u3 + d * w3 - sums[6];
        y[7] = c * t3 - a * v3 + d * u3 - b * w3 - sums[7];
    }
};

__attribute__((noinline)) void value(const HeartDipole& heart, const double* x, double* y) { heart.value(x, y); }

__attribute__((noinline)) void jacobian(const double* x, double* entries) {
    const double a = x[0], b = x[1], c = x[2], d = x[3], t = x[4], u = x[5], v = x[6], w = x[7];
    const double t2 = t * t, u2 = u * u, v2 = v * v, w2 = w * w, tv = t2 - v2, uw = u2 - w2, tv2 = 2 * t * v, uw2 = 2 * u * w;
    const double t3 = t * (t2 - 3 * v2), v3 = v * (v2 - 3 * t2), u3 = u * (u2 - 3 * w2), w3 = w * (w2 - 3 * u2);
    // t3 and v3 are the parts of (t + iv)³, whose derivative is 3(t + iv)²; u3 and w3 likewise.
    const double tv3 = 3 * tv, tv6 = 3 * tv2, uw3 = 3 * uw, uw6 = 3 * uw2;
    const double rows[52] = {
        1, 1,
        1, 1,
        t, u, -v, -w, a, b, -c, -d,
        v, w, t, u, c, d, a, b,
        tv, uw, -tv2, -uw2, 2 * (a * t - c * v), 2 * (b * u - d * w), -2 * (a * v + c * t), -2 * (b * w + d * u),
        tv2, uw2, tv, uw, 2 * (c * t + a * v), 2 * (d * u + b * w), 2 * (a * t - c * v), 2 * (b * u - d * w),
        t3, u3, v3, w3, a * tv3 - c * tv6, b * uw3 - d * uw6, -a * tv6 - c * tv3, -b * uw6 - d * uw3,
        -v3, -w3, t3, u3, c * tv3 + a * tv6, d * uw3 + b * uw6, a * tv3 - c * tv6, b * uw3 - d * uw6,
    };
    for (int k = 0; k < 52; k++) entries[k] = rows[k];
}

#ifdef __AVX512F__
/// Writes the room of one Jacobian after the other past the cache, and begins again at the end: the bytes that Jacobians at many points take, and no arithmetic.
class Stores {
public:
    explicit Stores(size_t points) : numbers_(52 * points + 8) {}

    void next() {
        const size_t line = 64 / sizeof(double);
        if (from_ + 52 + line > numbers_.size()) from_ = written_ = 0;
        // Whole lines only: what is left over is written with the next Jacobian.
        double* first = numbers_.data() + (-(reinterpret_cast<uintptr_t>(numbers_.data()) / sizeof(double)) & (line - 1));
        for (from_ += 52; written_ + line <= from_; written_ += line) _mm512_stream_pd(first + written_, _mm512_set1_pd(1));
    }

    const std::vector<double>& numbers() const { return numbers_; }

private:
    std::vector<double> numbers_;
    size_t from_ = 0, written_ = 0;
};
#endif

}  // namespace

void heart_dipole(Report& report) {
    const std::vector<double> start{0.299, 0.186, -0.0273, 0.0254, -0.474, 0.474, -0.0892, 0.0892};
    const Numbers x(start);
    const HeartDipole heart;
    Numbers y(8, Place::values), entries(52, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(heart, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(x.data(), entries.data()); });
#ifdef __AVX512F__
    Stores stores(100000);
    report.measure("stores alone", stores.numbers().data(), 0, [&] { stores.next(); });
#endif
    dense_tools<8>(report, heart, start);
}
