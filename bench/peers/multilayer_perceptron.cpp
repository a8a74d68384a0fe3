#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"
#include "uniform.hpp"

namespace {

constexpr int width = 50;
/// Rows are stored with zeros behind them up to a whole number of vectors.
constexpr int padded = 56;

/// Two layers of tanh.
struct Perceptron {
    static constexpr int n = width, m = width;
    std::vector<double> first, second, first_bias, second_bias;

    Perceptron() : first(width * padded), second(width * padded), first_bias(width), second_bias(width) {
        const double scale = 1 / std::sqrt(double(width));
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                first[i * padded + j] = scale * (4 * uniform(12, i * width + j) - 2);
                second[i * padded + j] = scale * (4 * uniform(13, i * width + j) - 2);
            }
            first_bias[i] = 0.2 * uniform(14, i) - 0.1;
            second_bias[i] = 0.2 * uniform(15, i) - 0.1;
        }
    }

    template <class T>
    static void layer(const std::vector<double>& weights, const std::vector<double>& bias, const T* x, T* y) {
        using std::tanh;
        for (int i = 0; i < width; i++) {
            T sum = T(bias[i]);
            for (int j = 0; j < width; j++) sum = sum + weights[i * padded + j] * x[j];
            y[i] = tanh(sum);
        }
    }

    template <class T>
    void value(const T* x, T* y) const {
        T hidden[width];
        layer(first, first_bias, x, hidden);
        layer(second, second_bias, hidden, y);
    }
};

__attribute__((noinline)) void value(const Perceptron& problem, const double* x, double* y) { problem.value(x, y); }

/// The chain of products diag(y') · second · diag(h') · first, two rows at a time.
__attribute__((noinline)) void jacobian(const Perceptron& problem, const double* x, double* entries) {
    double hidden[width], y[width];
    alignas(64) double inner[width * padded];
    Perceptron::layer(problem.first, problem.first_bias, x, hidden);
    Perceptron::layer(problem.second, problem.second_bias, hidden, y);
    for (int k = 0; k < width; k++) {
        const double slope = 1 - hidden[k] * hidden[k];
        for (int j = 0; j < padded; j++) inner[k * padded + j] = slope * problem.first[k * padded + j];
    }
    for (int i = 0; i < width; i += 2) {
        const double *even = &problem.second[i * padded], *odd = even + padded;
        double sums[2][padded] = {};
        for (int k = 0; k < width; k++)
            for (int j = 0; j < padded; j++) {
                sums[0][j] += even[k] * inner[k * padded + j];
                sums[1][j] += odd[k] * inner[k * padded + j];
            }
        for (int r = 0; r < 2; r++) {
            const double slope = 1 - y[i + r] * y[i + r];
            for (int j = 0; j < width; j++) entries[(i + r) * width + j] = slope * sums[r][j];
        }
    }
}

}  // namespace

void multilayer_perceptron(Report& report) {
    const Perceptron problem;
    std::vector<double> start(width);
    for (int i = 0; i < width; i++) start[i] = 2 * uniform(16, i) - 1;
    const Numbers x(start);
    Numbers y(width, Place::values), entries(width * width, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(problem, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(problem, x.data(), entries.data()); });
    dense_tools<50>(report, problem, start);
}
