#include <cmath>

#include "ad_tools.hpp"
#include "dual.hpp"
#include "problems.hpp"

namespace {

/// Roe's flux of the one-dimensional Euler equations between two states, without entropy fix.
struct RoeFlux {
    static constexpr int n = 6, m = 3;

    template <class T>
    void value(const T* x, T* y) const {
        using std::abs, std::sqrt;
        const double g = 0.4;
        const T &rl = x[0], &ml = x[1], &el = x[2], &rr = x[3], &mr = x[4], &er = x[5];
        const T ul = ml / rl, pl = g * (el - 0.5 * (ml * ul)), hl = (el + pl) / rl;
        const T ur = mr / rr, pr = g * (er - 0.5 * (mr * ur)), hr = (er + pr) / rr;
        const T sl = sqrt(rl), sr = sqrt(rr), share = sl / (sl + sr);
        const T u = ur + share * (ul - ur), h = hr + share * (hl - hr), half = 0.5 * (u * u), c2 = g * (h - half), c = sqrt(c2);
        const T dp = pr - pl, du = sl * sr * c * (ur - ul), scaled = dp / c2, scaled_du = du / c2;
        const T slow = 0.5 * (abs(u - c) * (scaled - scaled_du)), middle = abs(u) * (rr - rl - scaled), fast = 0.5 * (abs(u + c) * (scaled + scaled_du));
        const T uc = u * c;
        y[0] = 0.5 * (ml + mr - (slow + middle + fast));
        y[1] = 0.5 * (ml * ul + pl + mr * ur + pr - (slow * (u - c) + middle * u + fast * (u + c)));
        y[2] = 0.5 * (ul * (el + pl) + ur * (er + pr) - (slow * (h - uc) + middle * half + fast * (h + uc)));
    }
};

__attribute__((noinline)) void value(const double* x, double* y) { RoeFlux().value(x, y); }

__attribute__((noinline)) void jacobian(const double* x, double* entries) {
    Dual<6> inputs[6], outputs[3];
    for (int k = 0; k < 6; k++) {
        inputs[k].value = x[k];
        inputs[k].tangent[k] = 1;
    }
    RoeFlux().value(inputs, outputs);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 6; k++) entries[6 * i + k] = outputs[i].tangent[k];
}

void conserved(double density, double velocity, double pressure, double* state) {
    state[0] = density;
    state[1] = density * velocity;
    state[2] = pressure / 0.4 + 0.5 * density * velocity * velocity;
}

}  // namespace

void roe_flux(Report& report) {
    std::vector<double> start(6);
    conserved(1, 0.75, 1, start.data());
    conserved(0.125, 0.1, 0.1, start.data() + 3);
    const Numbers x(start);
    Numbers y(3, Place::values), entries(18, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(x.data(), entries.data()); });
    dense_tools<6>(report, RoeFlux(), start);
}
