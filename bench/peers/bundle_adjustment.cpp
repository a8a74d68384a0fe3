#include "bundle_adjustment.hpp"

#include "ad_tools.hpp"
#include "problems.hpp"
#include "uniform.hpp"

namespace {

constexpr int cameras = 50, parameters = 11, per_point = 4;

/// Observations of points by cameras, each with a weight: two weighted errors, and the error of the weight.
struct BundleAdjustment {
    int count, points, weights, n, m;
    std::vector<double> features;

    explicit BundleAdjustment(int count)
        : count(count), points(cameras * parameters), weights(points + 3 * (count / per_point)), n(weights + count), m(3 * count), features(2 * count) {
        for (int k = 0; k < 2 * count; k++) features[k] = (k % 2 == 0 ? 320 : 240) + 100 * (uniform(5, k) - 0.5);
    }

    std::vector<double> start() const {
        std::vector<double> x;
        for (int c = 0; c < cameras; c++) {
            for (int i = 0; i < 3; i++) x.push_back(0.1 + 0.2 * uniform(1, 3 * c + i));
            for (int i = 0; i < 3; i++) x.push_back(0.5 * (uniform(2, 3 * c + i) - 0.5));
            for (double v : {500 + 50 * uniform(3, c), 320.0, 240.0, 0.01 * uniform(4, 2 * c), 0.001 * uniform(4, 2 * c + 1)}) x.push_back(v);
        }
        for (int p = 0; p < count / per_point; p++)
            for (double v : {2 * uniform(6, 3 * p) - 1, 2 * uniform(6, 3 * p + 1) - 1, 4 + 2 * uniform(6, 3 * p + 2)}) x.push_back(v);
        for (int k = 0; k < count; k++) x.push_back(0.5 + uniform(7, k));
        return x;
    }

    static int camera(int k) { return 13 * k % cameras * parameters; }
    int point(int k) const { return points + 3 * (k / per_point); }

    template <class T>
    void observe(int k, const T* camera, const T* point, const T& weight, T* errors) const {
        using std::cos, std::sin, std::sqrt;
        const T dx = point[0] - camera[3], dy = point[1] - camera[4], dz = point[2] - camera[5];
        const T angle = sqrt(camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2]), c = cos(angle), s = sin(angle), reciprocal = 1.0 / angle;
        const T wx = camera[0] * reciprocal, wy = camera[1] * reciprocal, wz = camera[2] * reciprocal;
        const T along = (wx * dx + wy * dy + wz * dz) * (1.0 - c);
        const T px = dx * c + (wy * dz - wz * dy) * s + wx * along, py = dy * c + (wz * dx - wx * dz) * s + wy * along, pz = dz * c + (wx * dy - wy * dx) * s + wz * along;
        const T a = px / pz, b = py / pz, square = a * a + b * b, scale = (1.0 + square * (camera[9] + square * camera[10])) * camera[6];
        errors[0] = weight * (a * scale + camera[7] - features[2 * k]);
        errors[1] = weight * (b * scale + camera[8] - features[2 * k + 1]);
    }

    template <class T>
    void value(const T* x, T* y) const {
        for (int k = 0; k < count; k++) {
            const T& weight = x[weights + k];
            observe(k, x + camera(k), x + point(k), weight, y + 2 * k);
            y[2 * count + k] = 1.0 - weight * weight;
        }
    }
};

__attribute__((noinline)) void value(const BundleAdjustment& problem, const double* x, double* y) { problem.value(x, y); }

void weight_rows(const BundleAdjustment& problem, const double* x, double* entries) {
    for (int k = 0; k < problem.count; k++) entries[28 * size_t(problem.count) + k] = -2 * x[problem.weights + k];
}

void observation(const BundleAdjustment& problem, const double* x, int k, const bundle::Rotation<double>& rotation, double* entries) {
    bundle::derive<double>(rotation, x + problem.camera(k), x + problem.point(k), x[problem.weights + k], problem.features[2 * k], problem.features[2 * k + 1], entries + 28 * size_t(k));
}

__attribute__((noinline)) void jacobian(const BundleAdjustment& problem, const double* x, double* entries) {
    for (int k = 0; k < problem.count; k++) observation(problem, x, k, bundle::Rotation<double>(x + problem.camera(k)), entries);
    weight_rows(problem, x, entries);
}

/// With what depends only on the camera computed once for each camera.
__attribute__((noinline)) void jacobian_by_camera(const BundleAdjustment& problem, const double* x, double* entries) {
    bundle::Rotation<double> rotations[cameras];
    for (int c = 0; c < cameras; c++) rotations[c] = bundle::Rotation<double>(x + parameters * c);
    for (int k = 0; k < problem.count; k++) observation(problem, x, k, rotations[13 * k % cameras], entries);
    weight_rows(problem, x, entries);
}

#ifdef __AVX512F__
/// Eight observations at once: cameras come in, and entries go out, through transposes of 8 × 8.
__attribute__((noinline)) void jacobian_avx512(const BundleAdjustment& problem, const double* x, double* entries) {
    int k = 0;
    for (; k + 8 <= problem.count; k += 8) {
        Double8 low[8], high[8], camera[parameters], point[3], e[32];
        for (int lane = 0; lane < 8; lane++) {
            const double* q = x + problem.camera(k + lane);
            low[lane] = _mm512_loadu_pd(q);
            high[lane] = _mm512_loadu_pd(q + 3);
        }
        transpose(low);
        transpose(high);
        for (int i = 0; i < 8; i++) camera[i] = low[i];
        for (int i = 8; i < parameters; i++) camera[i] = high[i - 3];
        // Eight observations see two points.
        const double* p = x + problem.point(k);
        for (int i = 0; i < 3; i++) point[i] = _mm512_mask_blend_pd(0xF0, _mm512_set1_pd(p[i]), _mm512_set1_pd(p[3 + i]));
        const Double8 weight = _mm512_loadu_pd(x + problem.weights + k);
        const Double8 first = _mm512_loadu_pd(&problem.features[2 * k]), second = _mm512_loadu_pd(&problem.features[2 * k + 8]);
        const Double8 feature_x = _mm512_permutex2var_pd(first, _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0), second);
        const Double8 feature_y = _mm512_permutex2var_pd(first, _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1), second);
        bundle::derive(bundle::Rotation<Double8>(camera), camera, point, weight, feature_x, feature_y, e);
        for (int i = 28; i < 32; i++) e[i] = _mm512_setzero_pd();
        double* rows = entries + 28 * size_t(k);
        for (int part = 0; part < 4; part++) {
            transpose(e + 8 * part);
            for (int lane = 0; lane < 8; lane++) _mm512_mask_storeu_pd(rows + 28 * lane + 8 * part, part < 3 ? 0xFF : 0x0F, e[8 * part + lane]);
        }
        _mm512_storeu_pd(entries + 28 * size_t(problem.count) + k, -2.0 * weight);
    }
    for (; k < problem.count; k++) {
        observation(problem, x, k, bundle::Rotation<double>(x + problem.camera(k)), entries);
        entries[28 * size_t(problem.count) + k] = -2 * x[problem.weights + k];
    }
}
#endif

#ifdef HAVE_JET
/// As one uses Ceres: a residual block of fifteen parameters for each observation.
void jacobian_jets(const BundleAdjustment& problem, const double* x, double* entries) {
    using Jet = ceres::Jet<double, 15>;
    for (int k = 0; k < problem.count; k++) {
        Jet inputs[15], errors[2];
        for (int i = 0; i < 15; i++) inputs[i] = Jet(i < 11 ? x[problem.camera(k) + i] : i < 14 ? x[problem.point(k) + i - 11] : x[problem.weights + k], i);
        problem.observe(k, inputs, inputs + 11, inputs[14], errors);
        double* e = entries + 28 * size_t(k);
        // Each error depends on one coordinate of the principal point only.
        for (int row = 0; row < 2; row++)
            for (int i = 0; i < 15; i++)
                if (i != 8 - row) *e++ = errors[row].v[i];
    }
    weight_rows(problem, x, entries);
}
#endif

}  // namespace

void bundle_adjustment(Report& report, int observations) {
    const BundleAdjustment problem(observations);
    const std::vector<double> start = problem.start();
    const Numbers x(start);
    Numbers y(problem.m, Place::values), entries(29 * size_t(observations), Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(problem, x.data(), entries.data()); });
    report.measure("J, rotations once a camera", entries.data(), entries.size(), [&] { jacobian_by_camera(problem, x.data(), entries.data()); });
#ifdef __AVX512F__
    report.measure("J, AVX-512", entries.data(), entries.size(), [&] { jacobian_avx512(problem, x.data(), entries.data()); });
#endif
#ifdef HAVE_JET
    if (report.tools) report.measure("Ceres Jet", entries.data(), entries.size(), [&] { jacobian_jets(problem, x.data(), entries.data()); });
#endif
    sparse_tools(report, problem, start);
}
