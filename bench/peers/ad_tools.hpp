// Differentiation tools that may be installed, on the same templates as the values: Ceres' Jet, Eigen's AutoDiffScalar, ADOL-C.
#pragma once
#include <cstdlib>
#include <vector>

#include "coloring.hpp"
#include "measure.hpp"

#if __has_include(<ceres/jet.h>) && __has_include(<Eigen/Core>)
#define HAVE_JET
#include <ceres/jet.h>
#endif
#if __has_include(<unsupported/Eigen/AutoDiff>)
#define HAVE_AUTODIFF
#include <Eigen/Core>
#include <unsupported/Eigen/AutoDiff>
#endif
#ifdef HAVE_ADOLC
#include <adolc/adolc.h>
#include <adolc/adolc_sparse.h>

inline adouble abs(const badouble& a) { return fabs(a); }
#endif

#ifdef HAVE_ADOLC
/// Records a problem on the tape 0.
template <class Problem>
void record(const Problem& problem, const std::vector<double>& x) {
    trace_on(0);
    {
        std::vector<adouble> inputs(problem.n), outputs(problem.m);
        for (int k = 0; k < problem.n; k++) inputs[k] <<= x[k];
        problem.value(inputs.data(), outputs.data());
        double y;
        for (int i = 0; i < problem.m; i++) outputs[i] >>= y;
    }
    trace_off();
}
#endif

/// The full Jacobian by forward sweeps with N tangents of a scalar that carries them; "tangents" gives those of a scalar.
template <int N, class Scalar, class Problem, class Seed, class Tangents>
void forward_tool(Report& report, const char* tool, const Problem& problem, const std::vector<double>& x, Seed seed, Tangents tangents) {
    const int n = problem.n, m = problem.m;
    std::vector<Scalar> inputs(n), outputs(m);
    std::vector<double> entries(size_t(n) * m);
    report.measure(tool, entries.data(), entries.size(), [&] {
        for (int first = 0; first < n; first += N) {
            for (int k = 0; k < n; k++) seed(inputs[k], x[k], k - first);
            problem.value(inputs.data(), outputs.data());
            for (int i = 0; i < m; i++)
                for (int k = first; k < n && k < first + N; k++) entries[size_t(i) * n + k] = tangents(outputs[i])[k - first];
        }
    });
}

/// Every tool that is there, for a full Jacobian.
template <int N, class Problem>
void dense_tools(Report& report, [[maybe_unused]] const Problem& problem, [[maybe_unused]] const std::vector<double>& x) {
    if (!report.tools) return;
#ifdef HAVE_JET
    using Jet = ceres::Jet<double, N>;
    forward_tool<N, Jet>(report, "Ceres Jet", problem, x,
        [](Jet& input, double value, int k) {
            input.a = value;
            input.v.setZero();
            if (k >= 0 && k < N) input.v[k] = 1;
        },
        [](const Jet& output) { return output.v; });
#endif
#ifdef HAVE_AUTODIFF
    using Tangents = Eigen::Matrix<double, N, 1>;
    using Auto = Eigen::AutoDiffScalar<Tangents>;
    forward_tool<N, Auto>(report, "Eigen AutoDiffScalar", problem, x,
        [](Auto& input, double value, int k) {
            input.value() = value;
            input.derivatives().setZero();
            if (k >= 0 && k < N) input.derivatives()[k] = 1;
        },
        [](const Auto& output) { return output.derivatives(); });
#endif
#ifdef HAVE_ADOLC
    record(problem, x);
    const int n = problem.n, m = problem.m;
    std::vector<double> entries(size_t(n) * m);
    std::vector<double*> rows(m);
    for (int i = 0; i < m; i++) rows[i] = &entries[size_t(i) * n];
    report.measure("ADOL-C", entries.data(), entries.size(), [&] { ::jacobian(0, m, n, x.data(), rows.data()); });
#endif
}

/// The tools that find the pattern themselves, with compressed columns.
template <class Problem>
void sparse_tools(Report& report, [[maybe_unused]] const Problem& problem, [[maybe_unused]] const std::vector<double>& x) {
    if (!report.tools) return;
#ifdef HAVE_ADOLC
    record(problem, x);
    const int n = problem.n, m = problem.m;
    std::vector<unsigned*> pattern(m);
    int options[3] = {0, 0, 0};
    jac_pat(0, m, n, x.data(), pattern.data(), options);
    std::vector<std::vector<int>> rows(m);
    size_t count = 0;
    for (int i = 0; i < m; i++) {
        rows[i].assign(pattern[i] + 1, pattern[i] + 1 + pattern[i][0]);
        count += rows[i].size();
        std::free(pattern[i]);
    }
    const std::vector<int> color = color_columns(rows, n);
    const int colors = 1 + *std::max_element(color.begin(), color.end());
    std::vector<double> seeds(size_t(n) * colors), compressed(size_t(m) * colors), y(m), entries(count);
    std::vector<double*> seed(n), row(m);
    for (int k = 0; k < n; k++) {
        seed[k] = &seeds[size_t(k) * colors];
        seed[k][color[k]] = 1;
    }
    for (int i = 0; i < m; i++) row[i] = &compressed[size_t(i) * colors];
    report.measure("ADOL-C", entries.data(), entries.size(), [&] {
        fov_forward(0, m, n, colors, x.data(), seed.data(), y.data(), row.data());
        double* entry = entries.data();
        for (int i = 0; i < m; i++)
            for (int column : rows[i]) *entry++ = row[i][color[column]];
    });
#endif
}

/// The tools in reverse, for one output.
template <class Problem>
void gradient_tools(Report& report, [[maybe_unused]] const Problem& problem, [[maybe_unused]] const std::vector<double>& x) {
    if (!report.tools) return;
#ifdef HAVE_ADOLC
    record(problem, x);
    std::vector<double> entries(problem.n);
    report.measure("ADOL-C", entries.data(), entries.size(), [&] { ::gradient(0, problem.n, x.data(), entries.data()); });
#endif
}
