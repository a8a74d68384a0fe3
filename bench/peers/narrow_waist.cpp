#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"
#include "uniform.hpp"

namespace {

/// n inputs to four features to n outputs.
struct NarrowWaist {
    static constexpr int features = 4;
    int n, m;
    double scale;
    std::vector<double> frequency, loading, center;

    explicit NarrowWaist(int n) : n(n), m(n), scale(1 / std::sqrt(double(n))), frequency(features * n), loading(features * n), center(n) {
        for (int k = 0; k < features * n; k++) {
            frequency[k] = 2 * uniform(8, k) - 1;
            loading[k] = 2 * uniform(9, k) - 1;
        }
        for (int j = 0; j < n; j++) center[j] = 2 * uniform(10, j) - 1;
    }

    std::vector<double> start() const {
        std::vector<double> x(n);
        for (int i = 0; i < n; i++) x[i] = 2 * uniform(11, i) - 1;
        return x;
    }

    template <class T>
    void value(const T* x, T* y) const {
        using std::exp, std::sin, std::tanh;
        T z[features] = {T(0.0), T(0.0), T(0.0), T(0.0)};
        for (int i = 0; i < n; i++) {
            const T coupling = 0.5 * x[i] * x[i + 1 < n ? i + 1 : 0];
            for (int k = 0; k < features; k++) z[k] = z[k] + sin(frequency[features * i + k] * x[i] + coupling);
        }
        for (int k = 0; k < features; k++) z[k] = z[k] * scale;
        for (int j = 0; j < m; j++) {
            const double* b = &loading[features * j];
            const T s = b[0] * z[0] + b[1] * z[1] + b[2] * z[2] + b[3] * z[3], distance = z[j % features] - center[j], square = distance * distance;
            y[j] = tanh(s) + exp(-square) * s;
        }
    }
};

__attribute__((noinline)) void value(const NarrowWaist& problem, const double* x, double* y) { problem.value(x, y); }

/// dz/dx, feature after feature (4 × n), and dy/dz, output after output (n × 4).
__attribute__((noinline)) void factors(const NarrowWaist& problem, const double* x, double* into, double* out) {
    constexpr int features = NarrowWaist::features;
    const int n = problem.n;
    double z[features] = {};
    // What an input does to the coupling of the input before it.
    double before[features] = {};
    for (int i = 0; i < n; i++) {
        const double next = x[i + 1 < n ? i + 1 : 0], coupling = 0.5 * x[i] * next;
        for (int k = 0; k < features; k++) {
            const double frequency = problem.frequency[features * i + k], angle = frequency * x[i] + coupling;
            const double c = problem.scale * std::cos(angle);
            z[k] += std::sin(angle);
            into[k * n + i] = c * (frequency + 0.5 * next) + before[k];
            before[k] = 0.5 * c * x[i];
        }
    }
    for (int k = 0; k < features; k++) {
        into[k * n] += before[k];
        z[k] *= problem.scale;
    }
    for (int j = 0; j < problem.m; j++) {
        const double* b = &problem.loading[features * j];
        const double s = b[0] * z[0] + b[1] * z[1] + b[2] * z[2] + b[3] * z[3], distance = z[j % features] - problem.center[j];
        const double hyperbolic = std::tanh(s), bell = std::exp(-distance * distance), slope = 1 - hyperbolic * hyperbolic + bell;
        for (int k = 0; k < features; k++) out[features * j + k] = slope * b[k];
        out[features * j + j % features] -= 2 * distance * bell * s;
    }
}

__attribute__((noinline)) void product(int n, int m, const double* __restrict into, const double* __restrict out, double* __restrict entries) {
    const double *g0 = into, *g1 = into + n, *g2 = into + 2 * n, *g3 = into + 3 * n;
    for (int j = 0; j < m; j++) {
        const double *l = out + 4 * j, l0 = l[0], l1 = l[1], l2 = l[2], l3 = l[3];
        double* row = entries + size_t(j) * n;
        for (int i = 0; i < n; i++) row[i] = l0 * g0[i] + l1 * g1[i] + l2 * g2[i] + l3 * g3[i];
    }
}

}  // namespace

void narrow_waist(Report& report, int n) {
    const NarrowWaist problem(n);
    const std::vector<double> start = problem.start();
    const Numbers x(start);
    Numbers y(n, Place::values), both(8 * size_t(n), Place::entries), entries(size_t(n) * n, Place::entries);
    double *into = both.data(), *out = both.data() + 4 * size_t(n);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] {
        factors(problem, x.data(), into, out);
        product(n, n, into, out, entries.data());
    });
    report.measure("J, two factors", both.data(), both.size(), [&] { factors(problem, x.data(), into, out); });
    dense_tools<20>(report, problem, start);
}
