#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

struct SimpleExpression {
    static constexpr int n = 2, m = 1;

    template <class T>
    void value(const T* x, T* y) const {
        y[0] = (x[0] + x[1]) * (x[1] + 1.0);
    }
};

__attribute__((noinline)) void value(const double* x, double* y) { SimpleExpression().value(x, y); }

__attribute__((noinline)) void jacobian(const double* x, double* entries) {
    const double b = x[1] + 1;
    entries[0] = b;
    entries[1] = b + x[0] + x[1];
}

}  // namespace

void simple_expression(Report& report) {
    const std::vector<double> start{2, 1};
    const Numbers x(start);
    Numbers y(1, Place::values), entries(2, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(x.data(), entries.data()); });
    dense_tools<2>(report, SimpleExpression(), start);
}
