// peers [--seconds S] [--tools] NAME...: measures problems (a, b, e128, g10000 …) for S seconds each figure and prints the medians as JSON;
// with --tools also what the differentiation tools that are installed take.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "problems.hpp"

static bool run(Report& report, const std::string& name) {
    const int size = std::atoi(name.c_str() + 1);
    report.problem(name);
    switch (name[0]) {
        case 'a': simple_expression(report); return true;
        case 'b': robot_arm(report); return true;
        case 'c': heart_dipole(report); return true;
        case 'd': roe_flux(report); return true;
        case 'e': brusselator(report, size); return true;
        case 'f': bratu(report, size); return true;
        case 'g': bundle_adjustment(report, size); return true;
        case 'h': narrow_waist(report, size); return true;
        case 'i': multilayer_perceptron(report); return true;
        case 'j': rosenbrock(report, size); return true;
        case 'k': lorenz96(report, size); return true;
        default: return false;
    }
}

int main(int count, char** arguments) {
    double seconds = 0.05;
    bool tools = false;
    int first = 1;
    for (; first < count && !std::strncmp(arguments[first], "--", 2); first++)
        if (!std::strcmp(arguments[first], "--tools"))
            tools = true;
        else if (!std::strcmp(arguments[first], "--seconds") && first + 1 < count)
            seconds = std::atof(arguments[++first]);
    Report report(seconds, tools);
    for (int k = first; k < count; k++)
        if (!run(report, arguments[k])) {
            std::fprintf(stderr, "no problem is called %s\n", arguments[k]);
            return 2;
        }
    std::fputs(report.json().c_str(), stdout);
    return 0;
}
