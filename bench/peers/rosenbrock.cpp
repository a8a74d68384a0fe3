#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

/// Rosenbrock's function in pairs.
struct Rosenbrock {
    int n, m = 1;

    template <class T>
    void value(const T* x, T* y) const {
        T sum = T(0.0);
        for (int i = 0; i < n; i += 2) {
            const T valley = x[i + 1] - x[i] * x[i], offset = 1.0 - x[i];
            sum = sum + (100.0 * valley * valley + offset * offset);
        }
        y[0] = sum;
    }
};

__attribute__((noinline)) void value(const Rosenbrock& problem, const double* x, double* y) { problem.value(x, y); }

__attribute__((noinline)) void gradient(int n, const double* __restrict x, double* __restrict g) {
    for (int i = 0; i < n; i += 2) {
        const double valley = 200 * (x[i + 1] - x[i] * x[i]);
        g[i] = -2 * valley * x[i] - 2 * (1 - x[i]);
        g[i + 1] = valley;
    }
}

}  // namespace

void rosenbrock(Report& report, int n) {
    const Rosenbrock problem{n};
    std::vector<double> start(n);
    for (int i = 0; i < n; i++) start[i] = i % 2 == 0 ? -1.2 : 1;
    const Numbers x(start);
    Numbers y(1, Place::values), entries(n, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { gradient(n, x.data(), entries.data()); });
    gradient_tools(report, problem, start);
}
