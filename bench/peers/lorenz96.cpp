#include <algorithm>
#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

constexpr double step = 0.01, forcing = 8;

/// One step of the classical Runge–Kutta method on Lorenz' ring of 1996.
struct Lorenz96 {
    int n, m;

    explicit Lorenz96(int n) : n(n), m(n), work_(5 * size_t(n)) {}

    template <class T>
    void slope(const T* x, T* k) const {
        k[0] = (x[1] - x[n - 2]) * x[n - 1] - x[0] + forcing;
        k[1] = (x[2] - x[n - 1]) * x[0] - x[1] + forcing;
        for (int i = 2; i < n - 1; i++) k[i] = (x[i + 1] - x[i - 2]) * x[i - 1] - x[i] + forcing;
        k[n - 1] = (x[0] - x[n - 3]) * x[n - 2] - x[n - 1] + forcing;
    }

    template <class T>
    void value(const T* x, T* y, T* work) const {
        T *k1 = work, *k2 = work + n, *k3 = work + 2 * n, *k4 = work + 3 * n, *t = work + 4 * n;
        slope(x, k1);
        for (int i = 0; i < n; i++) t[i] = x[i] + step / 2 * k1[i];
        slope(t, k2);
        for (int i = 0; i < n; i++) t[i] = x[i] + step / 2 * k2[i];
        slope(t, k3);
        for (int i = 0; i < n; i++) t[i] = x[i] + step * k3[i];
        slope(t, k4);
        for (int i = 0; i < n; i++) y[i] = x[i] + step / 6 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }

    void value(const double* x, double* y) const { value(x, y, work_.data()); }

    template <class T>
    void value(const T* x, T* y) const {
        std::vector<T> work(5 * size_t(n));
        value(x, y, work.data());
    }

private:
    mutable std::vector<double> work_;
};

__attribute__((noinline)) void value(const Lorenz96& problem, const double* x, double* y) { problem.value(x, y); }

/// Rows of the Jacobian that are in work at a time: the bands of a tile stay in the first cache.
constexpr int tile = 48;
constexpr int halo = 16;
constexpr int room = tile + 2 * halo;

/// Entries Lo..Hi beside the diagonal of consecutive rows, diagonal after diagonal.
template <int Lo, int Hi>
struct Band {
    double at[Hi - Lo + 1][room];
};

/// The tangent of one stage: out = I + h·A·in, where A has the diagonals −2, −1, 0, 1; rows of "in" start two rows before those of "out".
template <int Lo, int Hi>
inline void stage(const double* __restrict t, double h, const Band<Lo, Hi>& __restrict in, Band<Lo - 2, Hi + 1>& __restrict out, int rows) {
    for (int r = 0; r < rows; r++) {
        const double side = h * t[r - 1], before = h * (t[r + 1] - t[r - 2]);
#pragma GCC unroll 16
        for (int d = Lo - 2; d <= Hi + 1; d++) {
            double sum = d == 0 ? 1 : 0;
            if (d + 2 <= Hi) sum -= side * in.at[d + 2 - Lo][r];
            if (d + 1 >= Lo && d + 1 <= Hi) sum += before * in.at[d + 1 - Lo][r + 1];
            if (d >= Lo && d <= Hi) sum -= h * in.at[d - Lo][r + 2];
            if (d - 1 >= Lo) sum += side * in.at[d - 1 - Lo][r + 3];
            out.at[d - Lo + 2][r] = sum;
        }
    }
}

/// The points of the four stages, each with the ring continued on both sides.
struct Stages {
    std::vector<double> at[4];

    explicit Stages(int n) {
        for (auto& points : at) points.resize(n + room + 2 * halo);
    }
};

__attribute__((noinline)) void points_of(int n, const double* x, Stages& stages) {
    // Tiles may reach beyond the ring by their whole length.
    const int length = n + room + 2 * halo;
    double* first = stages.at[0].data();
    for (int i = 0; i < length; i++) first[i] = i >= halo && i < n + halo ? x[i - halo] : x[(i + n - halo % n) % n];
    const double steps[] = {step / 2, step / 2, step};
    for (int s = 0; s < 3; s++) {
        const double *__restrict from = stages.at[s].data(), *__restrict x0 = first;
        double* __restrict to = stages.at[s + 1].data();
        for (int i = 2 * s + 2; i < length - s - 1; i++) to[i] = x0[i] + steps[s] * ((from[i + 1] - from[i - 2]) * from[i - 1] - from[i] + forcing);
    }
}

/// J = I + h/6·(K1 + 2·K2 + 2·K3 + K4) from the tangents Bs of the stages, by K1 = 2/h·(B1 − I) and so on.
__attribute__((noinline)) void jacobian(int n, const double* x, Stages& stages, double* entries) {
    points_of(n, x, stages);
    Band<0, 0> identity;
    std::fill_n(identity.at[0], room, 1.0);
    Band<-2, 1> first;
    Band<-4, 2> second;
    Band<-6, 3> third;
    Band<-8, 4> fourth;
    for (int start = 0; start < n; start += tile) {
        const int rows = std::min(tile, n - start);
        const double* t[4];
        for (int s = 0; s < 4; s++) t[s] = stages.at[s].data() + halo + start;
        stage(t[0] - 6, step / 2, identity, first, rows + 9);
        stage(t[1] - 4, step / 2, first, second, rows + 6);
        stage(t[2] - 2, step, second, third, rows + 3);
        stage(t[3], step / 6, third, fourth, rows);
        for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
            for (int d = -6; d <= 3; d++) {
                double sum = third.at[d + 6][r + 2];
                if (d >= -4 && d <= 2) sum += 2 * second.at[d + 4][r + 4];
                if (d >= -2 && d <= 1) sum += first.at[d + 2][r + 6];
                fourth.at[d + 8][r] += (1.0 / 3) * sum - (d == 0 ? 4.0 / 3 : 0);
            }
        }
        for (int r = 0; r < rows; r++) {
            const int i = start + r;
            double* row = entries + 13 * size_t(i);
            // Where the ring closes, columns that wrap around stand at the other end of the row.
            const int turn = i < 8 ? 8 - i : i > n - 5 ? n + 8 - i : 0;
            if (turn == 0)
                for (int d = 0; d < 13; d++) row[d] = fourth.at[d][r];
            else
                for (int d = 0; d < 13; d++) row[d] = fourth.at[(d + turn) % 13][r];
        }
    }
}

}  // namespace

void lorenz96(Report& report, int n) {
    const Lorenz96 problem(n);
    std::vector<double> start(n);
    for (int i = 0; i < n; i++) start[i] = 8 + std::cos(double(i));
    const Numbers x(start);
    Numbers y(n, Place::values), entries(13 * size_t(n), Place::entries);
    Stages stages(n);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(n, x.data(), stages, entries.data()); });
    sparse_tools(report, problem, start);
}
