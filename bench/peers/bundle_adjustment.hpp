// The derivatives of one observation of bundle adjustment, derived by hand, for one observation (V = double) or for several at once (V = a vector).
#pragma once
#include <cmath>

#include "avx512.hpp"

namespace bundle {

inline double root(double v) { return std::sqrt(v); }
inline void sine_cosine(double angle, double& s, double& c) {
    s = std::sin(angle);
    c = std::cos(angle);
}

/// What an observation needs of the camera's rotation vector: the axis, the sine and cosine of the angle, and one over the angle.
template <class V>
struct Rotation {
    V axis[3], s, c, reciprocal;

    Rotation() = default;
    explicit Rotation(const V* r) {
        const V angle = root(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
        reciprocal = 1.0 / angle;
        for (int i = 0; i < 3; i++) axis[i] = r[i] * reciprocal;
        sine_cosine(angle, s, c);
    }
};

/// The 14 + 14 entries of the two rows, in the order of the columns: rotation, centre, focal length, principal point (one coordinate), distortion, point, weight.
template <class V>
inline void derive(const Rotation<V>& rotation, const V* camera, const V* point, const V& weight, const V& feature_x, const V& feature_y, V* entries) {
    const V *w = rotation.axis, &s = rotation.s, &c = rotation.c, versine = 1.0 - c;
    const V d[3] = {point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]};
    const V wd = w[0] * d[0] + w[1] * d[1] + w[2] * d[2];
    const V cross[3] = {w[1] * d[2] - w[2] * d[1], w[2] * d[0] - w[0] * d[2], w[0] * d[1] - w[1] * d[0]};
    V p[3], turn[3];
    for (int i = 0; i < 3; i++) {
        p[i] = d[i] * c + cross[i] * s + w[i] * (wd * versine);
        turn[i] = cross[i] * c + (w[i] * wd - d[i]) * s;
    }
    const V reciprocal = 1.0 / p[2], a = p[0] * reciprocal, b = p[1] * reciprocal;
    const V square = a * a + b * b, focal = camera[6], k1 = camera[9], k2 = camera[10];
    const V distortion = 1.0 + square * (k1 + square * k2), slope = 2.0 * (k1 + 2.0 * k2 * square);
    const V scale = weight * focal, mixed = scale * slope * a * b;
    const V by_a[2] = {scale * (distortion + slope * a * a), mixed}, by_b[2] = {mixed, scale * (distortion + slope * b * b)};
    const V coordinate[2] = {a, b}, feature[2] = {feature_x, feature_y};
    for (int row = 0; row < 2; row++) {
        V* e = entries + 14 * row;
        const V g[3] = {by_a[row] * reciprocal, by_b[row] * reciprocal, -(a * by_a[row] + b * by_b[row]) * reciprocal};
        const V gw = g[0] * w[0] + g[1] * w[1] + g[2] * w[2];
        const V dg[3] = {d[1] * g[2] - d[2] * g[1], d[2] * g[0] - d[0] * g[2], d[0] * g[1] - d[1] * g[0]};
        const V wg[3] = {w[1] * g[2] - w[2] * g[1], w[2] * g[0] - w[0] * g[2], w[0] * g[1] - w[1] * g[0]};
        const V by_angle = g[0] * turn[0] + g[1] * turn[1] + g[2] * turn[2];
        const V along = s * (w[0] * dg[0] + w[1] * dg[1] + w[2] * dg[2]) + 2.0 * versine * gw * wd;
        for (int i = 0; i < 3; i++) {
            e[i] = w[i] * by_angle + rotation.reciprocal * (s * dg[i] + versine * (g[i] * wd + gw * d[i]) - w[i] * along);
            // The transposed rotation of g.
            const V by_point = g[i] * c - wg[i] * s + w[i] * (gw * versine);
            e[10 + i] = by_point;
            e[3 + i] = -by_point;
        }
        const V undistorted = weight * coordinate[row], radial = undistorted * focal * square;
        e[6] = undistorted * distortion;
        e[7] = weight;
        e[8] = radial;
        e[9] = radial * square;
        e[13] = coordinate[row] * distortion * focal + camera[7 + row] - feature[row];
    }
}

}  // namespace bundle
