#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

/// Bratu's problem on a grid with zero boundary.
struct Bratu {
    int side, n, m;
    double load;

    explicit Bratu(int side) : side(side), n(side * side), m(n), load(6.0 / ((side + 1.0) * (side + 1.0))) {}

    std::vector<double> start() const {
        std::vector<double> x(n);
        for (int j = 0; j < side; j++)
            for (int i = 0; i < side; i++) x[i + side * j] = 0.5 * std::sin(M_PI * (i + 1) / (side + 1)) * std::sin(M_PI * (j + 1) / (side + 1));
        return x;
    }

    template <class T>
    void value(const T* x, T* y) const {
        using std::exp;
        for (int j = 0; j < side; j++)
            for (int i = 0; i < side; i++) {
                const int c = i + side * j;
                T residual = 4.0 * x[c] - load * exp(x[c]);
                if (i > 0) residual = residual - x[c - 1];
                if (i < side - 1) residual = residual - x[c + 1];
                if (j > 0) residual = residual - x[c - side];
                if (j < side - 1) residual = residual - x[c + side];
                y[c] = residual;
            }
    }
};

__attribute__((noinline)) void value(const Bratu& problem, const double* x, double* y) { problem.value(x, y); }

template <bool Constants>
__attribute__((noinline)) void jacobian(const Bratu& problem, const double* x, double* entry) {
    const int side = problem.side;
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            const int before = (j > 0) + (i > 0), after = (i < side - 1) + (j < side - 1);
            if (Constants) {
                for (int k = 0; k < before; k++) entry[k] = -1;
                for (int k = 0; k < after; k++) entry[before + 1 + k] = -1;
            }
            entry[before] = 4 - problem.load * std::exp(x[i + side * j]);
            entry += before + 1 + after;
        }
}

}  // namespace

void bratu(Report& report, int side) {
    const Bratu problem(side);
    const std::vector<double> start = problem.start();
    const Numbers x(start);
    Numbers y(problem.m, Place::values), entries(5 * size_t(problem.n) - 4 * side, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian<true>(problem, x.data(), entries.data()); });
    report.measure("J, constants written once", entries.data(), entries.size(), [&] { jacobian<false>(problem, x.data(), entries.data()); });
    sparse_tools(report, problem, start);
}
