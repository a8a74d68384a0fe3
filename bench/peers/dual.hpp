// A value with N tangents in an array, the loop over which a compiler vectorises: forward mode as one writes it by hand.
#pragma once
#include <cmath>

template <int N>
struct Dual {
    double value = 0, tangent[N] = {};

    Dual() = default;
    Dual(double v) : value(v) {}

    /// A function of one variable: its value and its derivative.
    Dual chain(double v, double derivative) const {
        Dual result(v);
        for (int k = 0; k < N; k++) result.tangent[k] = derivative * tangent[k];
        return result;
    }
};

template <int N>
Dual<N> combine(double value, const Dual<N>& a, double da, const Dual<N>& b, double db) {
    Dual<N> result(value);
    for (int k = 0; k < N; k++) result.tangent[k] = da * a.tangent[k] + db * b.tangent[k];
    return result;
}

template <int N> Dual<N> operator+(const Dual<N>& a, const Dual<N>& b) { return combine(a.value + b.value, a, 1, b, 1); }
template <int N> Dual<N> operator-(const Dual<N>& a, const Dual<N>& b) { return combine(a.value - b.value, a, 1, b, -1); }
template <int N> Dual<N> operator*(const Dual<N>& a, const Dual<N>& b) { return combine(a.value * b.value, a, b.value, b, a.value); }
template <int N> Dual<N> operator/(const Dual<N>& a, const Dual<N>& b) {
    const double r = 1 / b.value, q = a.value * r;
    return combine(q, a, r, b, -q * r);
}
template <int N> Dual<N> operator*(double c, const Dual<N>& a) { return a.chain(c * a.value, c); }
template <int N> Dual<N> sqrt(const Dual<N>& a) {
    const double root = std::sqrt(a.value);
    return a.chain(root, 0.5 / root);
}
template <int N> Dual<N> abs(const Dual<N>& a) { return a.chain(std::fabs(a.value), a.value < 0 ? -1 : 1); }
