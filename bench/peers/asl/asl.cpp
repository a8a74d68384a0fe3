// asl ROUNDS FILE...: the AMPL Solver Library on .nl files. For each the medians, in thread-CPU time, of reading, of reading and the first values and
// derivatives, and of one evaluation of all values and derivatives after that; and sum and norm of the derivatives at the generic point.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

extern "C" {
#include <asl.h>
}
// The library prints in its own way.
#undef printf

namespace {

double thread_seconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

double median(std::vector<double> numbers) {
    std::sort(numbers.begin(), numbers.end());
    return numbers[numbers.size() / 2];
}

/// A model that has been read.
class Model {
public:
    explicit Model(const char* path) : asl(ASL_alloc(ASL_read_fg)) {
        want_xpi0 = 1;
        FILE* file = jac0dim(path, ftnlen(std::strlen(path)));
        fg_read(file, 0);
        values_.resize(n_con);
        entries_.resize(nzc);
        gradient_.resize(n_var);
    }

    ~Model() { ASL_free(&asl); }

    /// The point that HybridAD calls generic: inside the bounds, at an irrational fraction of their width.
    std::vector<double> generic_point() const {
        std::vector<double> x(n_var);
        for (int j = 0; j < n_var; j++) {
            double f = 0.6180339887498949 * (j + 1);
            f -= std::floor(f);
            const double lo = LUv[2 * j], hi = LUv[2 * j + 1], start = X0 ? X0[j] : 0;
            const bool below = lo > -1e20, above = hi < 1e20;
            x[j] = below && above ? lo + (hi - lo) * (0.25 + 0.5 * f)
                : below ? std::max(start, lo) + 0.25 + 0.5 * f
                : above ? std::min(start, hi) - 0.25 - 0.5 * f
                : start + 0.25 + 0.5 * f;
        }
        return x;
    }

    /// Whether the library could: it stops where a function has no value, or where the file has nonlinear variables that it does not announce.
    bool evaluate(std::vector<double>& x) {
        fint error = 0, failed = 0;
        if (n_con > 0) {
            conval(x.data(), values_.data(), &error);
            failed |= error;
            jacval(x.data(), entries_.data(), &error);
            failed |= error;
        }
        for (int k = 0; k < n_obj; k++) {
            (void)(*asl->p.Objval)(asl, k, x.data(), &error);
            failed |= error;
            objgrd(k, x.data(), gradient_.data(), &error);
            failed |= error;
        }
        return !failed;
    }

    /// Sum and norm of the Jacobian and of the last gradient.
    void summarize(double& sum, double& norm) const {
        double squares = 0;
        sum = 0;
        for (double v : entries_) sum += v, squares += v * v;
        if (n_obj > 0)
            for (double v : gradient_) sum += v, squares += v * v;
        norm = std::sqrt(squares);
    }

private:
    ASL* asl;
    std::vector<double> values_, entries_, gradient_;
};

void measure(const char* path, int rounds) {
    std::vector<double> reads, firsts, evaluations;
    double sum = 0, norm = 0;
    bool succeeded = true;
    for (int round = 0; round < rounds; round++) {
        const double start = thread_seconds();
        Model model(path);
        reads.push_back(thread_seconds() - start);
        std::vector<double> x = model.generic_point();
        succeeded &= model.evaluate(x);
        firsts.push_back(thread_seconds() - start);
        model.summarize(sum, norm);
        if (round + 1 < rounds) continue;
        // The library remembers the last point: two points in turn.
        std::vector<double> other = x;
        other.back() = std::nextafter(other.back(), 0);
        int repeats = 1;
        for (int k = 0; k < 21; k++) {
            double used = 0;
            for (;; repeats *= 2) {
                const double begin = thread_seconds();
                for (int r = 0; r < repeats; r++) model.evaluate(r % 2 ? x : other);
                used = thread_seconds() - begin;
                if (used > 2e-4) break;
            }
            evaluations.push_back(used / repeats);
        }
    }
    std::string name = path;
    name = name.substr(name.find_last_of('/') + 1);
    std::printf("{\"file\":\"%s\",\"readSeconds\":%.6g,\"firstSeconds\":%.6g,\"evaluationSeconds\":%.6g,\"sum\":%.15g,\"norm\":%.15g,\"succeeded\":%s}",
        name.substr(0, name.find_last_of('.')).c_str(), median(reads), median(firsts), median(evaluations), sum, norm, succeeded ? "true" : "false");
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fputs("usage: asl ROUNDS FILE...\n", stderr);
        return 2;
    }
    std::fputs("[", stdout);
    for (int k = 2; k < count; k++) {
        if (k > 2) std::fputs(",\n ", stdout);
        measure(arguments[k], std::atoi(arguments[1]));
    }
    std::fputs("]\n", stdout);
    return 0;
}
