#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

/// The Brusselator on a periodic grid: species u before species v.
struct Brusselator {
    int side, points, n, m;
    double diffusion;
    std::vector<double> source;

    explicit Brusselator(int side) : side(side), points(side * side), n(2 * points), m(n), diffusion(10.0 * (side - 1) * (side - 1)), source(points) {
        const double step = 1.0 / (side - 1);
        for (int j = 0; j < side; j++)
            for (int i = 0; i < side; i++) {
                const double x = i * step - 0.3, y = j * step - 0.6;
                source[i + side * j] = 1 + (x * x + y * y <= 0.01 ? 5 : 0);
            }
    }

    std::vector<double> start() const {
        std::vector<double> x(n);
        const double step = 1.0 / (side - 1);
        for (int j = 0; j < side; j++)
            for (int i = 0; i < side; i++) {
                x[i + side * j] = 22 * std::pow(j * step * (1 - j * step), 1.5);
                x[points + i + side * j] = 27 * std::pow(i * step * (1 - i * step), 1.5);
            }
        return x;
    }

    template <class T>
    void value(const T* x, T* y) const {
        for (int j = 0; j < side; j++) {
            const int below = (j > 0 ? j - 1 : side - 1) * side, here = j * side, above = (j < side - 1 ? j + 1 : 0) * side;
            cell(x, y, here, below, above, 0, side - 1, 1);
            for (int i = 1; i < side - 1; i++) cell(x, y, here, below, above, i, i - 1, i + 1);
            cell(x, y, here, below, above, side - 1, side - 2, 0);
        }
    }

    template <class T>
    void cell(const T* __restrict x, T* __restrict y, int here, int below, int above, int i, int left, int right) const {
        const T *u = x, *v = x + points;
        const int c = here + i;
        const T reaction = u[c] * u[c] * v[c];
        y[c] = diffusion * (u[here + left] + u[here + right] + u[below + i] + u[above + i] - 4.0 * u[c]) + reaction - 4.4 * u[c] + source[c];
        y[points + c] = diffusion * (v[here + left] + v[here + right] + v[below + i] + v[above + i] - 4.0 * v[c]) + 3.4 * u[c] - reaction;
    }
};

__attribute__((noinline)) void value(const Brusselator& problem, const double* x, double* y) { problem.value(x, y); }

/// The six entries of both rows of a cell in the order of the columns; "center" of the five points of the stencil come before the cell itself.
template <bool Constants>
inline void cell_entries(double diffusion, double u, double v, int center, double* __restrict u_row, double* __restrict v_row) {
    if (Constants) {
        for (int k = 0; k < 5; k++) u_row[k] = v_row[k + 1] = diffusion;
    }
    u_row[center] = 2 * u * v - 4 * diffusion - 4.4;
    u_row[5] = u * u;
    v_row[0] = 3.4 - 2 * u * v;
    v_row[center + 1] = -4 * diffusion - u * u;
}

/// The interior of a grid row, where the position of the cell among its neighbours is known to the compiler.
template <bool Constants, int Center>
void interior(double diffusion, int count, const double* __restrict u, const double* __restrict v, double* __restrict u_rows, double* __restrict v_rows) {
    for (int i = 0; i < count; i++) cell_entries<Constants>(diffusion, u[i], v[i], Center, u_rows + 6 * i, v_rows + 6 * i);
}

template <bool Constants>
__attribute__((noinline)) void jacobian(const Brusselator& problem, const double* x, double* entries) {
    const int side = problem.side, points = problem.points;
    const double *u = x, *v = x + points, diffusion = problem.diffusion;
    for (int j = 0; j < side; j++) {
        // Below and left come before the cell, except where they wrap around; above and right come after it, except where they wrap.
        const int before = (j > 0) + (j == side - 1), c = j * side, last = c + side - 1;
        double *u_rows = entries + 6 * size_t(c), *v_rows = entries + 6 * size_t(points + c);
        cell_entries<Constants>(diffusion, u[c], v[c], before, u_rows, v_rows);
        const auto inner = before == 0 ? interior<Constants, 1> : before == 1 ? interior<Constants, 2> : interior<Constants, 3>;
        inner(diffusion, side - 2, u + c + 1, v + c + 1, u_rows + 6, v_rows + 6);
        cell_entries<Constants>(diffusion, u[last], v[last], before + 2, u_rows + 6 * (side - 1), v_rows + 6 * (side - 1));
    }
}

}  // namespace

void brusselator(Report& report, int side) {
    const Brusselator problem(side);
    const std::vector<double> start = problem.start();
    const Numbers x(start);
    Numbers y(problem.m, Place::values), entries(12 * size_t(problem.points), Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian<true>(problem, x.data(), entries.data()); });
    report.measure("J, constants written once", entries.data(), entries.size(), [&] { jacobian<false>(problem, x.data(), entries.data()); });
    sparse_tools(report, problem, start);
}
