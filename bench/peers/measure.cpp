#include "measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

double thread_seconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

void Report::add(const std::string& what, std::vector<double>& rounds, const double* numbers, size_t count) {
    std::sort(rounds.begin(), rounds.end());
    double sum = 0, squares = 0;
    for (size_t k = 0; k < count; k++) {
        sum += numbers[k];
        squares += numbers[k] * numbers[k];
    }
    char text[400];
    std::snprintf(text, sizeof text, "%s{\"problem\":\"%s\",\"what\":\"%s\",\"seconds\":%.6g,\"count\":%zu,\"sum\":%.15g,\"norm\":%.15g}",
        entries_.empty() ? "" : ",\n ", problem_.c_str(), what.c_str(), rounds[rounds.size() / 2], count, sum, std::sqrt(squares));
    entries_ += text;
}
