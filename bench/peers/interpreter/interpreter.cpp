// interpreter FILE SECONDS: runs an instruction list that HybridAD wrote through straightforward loops, and prints the seconds of each as JSON:
// values by one switch for every operation, values and partial derivatives by one switch for every run of equal operations, one forward sweep of eight
// directions, one reverse sweep; medians in thread-CPU time, and sums of what was computed.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

// The operation codes of a trace.
enum Op : int32_t {
    Add = 2, Sub = 3, Mul = 4, Div = 5, Neg = 6, Square = 7, Abs = 8, Sqrt = 9, Pow = 10, Hypot = 11, Min = 12, Max = 13, Fma = 14, Cbrt = 17, Exp = 20, Expm1 = 21,
    Log = 22, Log1p = 23, Log10 = 25, Sin = 26, Cos = 27, Tan = 28, Asin = 29, Acos = 30, Atan = 31, Sinh = 32, Cosh = 33, Tanh = 34, Atan2 = 40, Less = 70,
    LessOrEqual = 71, Equal = 72, GreaterOrEqual = 73, Greater = 74, Sum = 90, Select = 94,
};

constexpr int Directions = 8;

double thread_seconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

template <class Action>
double median_seconds(double budget, Action action) {
    action();
    long repeats = 1;
    auto round = [&] {
        double start = thread_seconds();
        for (long k = 0; k < repeats; k++) {
            action();
            asm volatile("" ::: "memory");
        }
        return (thread_seconds() - start) / repeats;
    };
    while (round() * repeats < 100e-6) repeats *= 2;
    std::vector<double> rounds;
    for (double used = 0; used < budget || rounds.size() < 5; used += rounds.back() * repeats) rounds.push_back(round());
    std::sort(rounds.begin(), rounds.end());
    return rounds[rounds.size() / 2];
}

/// One kind of operation many times, one after the other.
struct Run {
    int32_t op, operand, start, end;
};

struct Program {
    std::vector<double> slots;
    std::vector<int32_t> ops, targets, left, right, lists;
    std::vector<Run> runs;
    std::vector<int32_t> partial_targets, partial_nodes, partial_left, partial_right;
    std::vector<Run> partial_runs;
    int32_t input_count = 0, sweep_slots = 0;
    std::vector<int32_t> sweep_targets, edge_ends, sources, labels, output_slots;
};

template <class T>
void read(FILE* file, T* to, size_t count) {
    if (std::fread(to, sizeof(T), count, file) != count) {
        std::fputs("the file ends too early\n", stderr);
        std::exit(2);
    }
}

template <class T>
void read(FILE* file, std::vector<T>& to) {
    int32_t count;
    read(file, &count, 1);
    to.resize(count);
    read(file, to.data(), count);
}

Program load(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (!file) {
        std::fprintf(stderr, "%s cannot be opened\n", path);
        std::exit(2);
    }
    Program p;
    read(file, p.slots);
    read(file, p.ops);
    read(file, p.targets);
    read(file, p.left);
    read(file, p.right);
    read(file, p.lists);
    read(file, p.runs);
    read(file, p.partial_targets);
    read(file, p.partial_nodes);
    read(file, p.partial_left);
    read(file, p.partial_right);
    read(file, p.partial_runs);
    read(file, &p.input_count, 1);
    read(file, &p.sweep_slots, 1);
    read(file, p.sweep_targets);
    read(file, p.edge_ends);
    read(file, p.sources);
    read(file, p.labels);
    read(file, p.output_slots);
    std::fclose(file);
    return p;
}

[[noreturn]] void unknown(int op) {
    std::fprintf(stderr, "operation %d is not known here\n", op);
    std::exit(3);
}

double sum_of(const double* w, const int32_t* list, int32_t count) {
    double sum = w[list[0]];
    for (int32_t k = 1; k < count; k++) sum += w[list[k]];
    return sum;
}

// Calls a macro for every operation with its value in terms of the operands x and y (and the list of a sum, a selection, a fused multiply-add).
#define OPERATIONS(CASE) \
    CASE(Add, x + y) CASE(Sub, x - y) CASE(Mul, x * y) CASE(Div, x / y) CASE(Neg, -x) CASE(Square, x * x) CASE(Abs, std::fabs(x)) CASE(Sqrt, std::sqrt(x)) \
    CASE(Pow, std::pow(x, y)) CASE(Hypot, std::hypot(x, y)) CASE(Min, x < y ? x : y) CASE(Max, x > y ? x : y) CASE(Cbrt, std::cbrt(x)) CASE(Exp, std::exp(x)) \
    CASE(Expm1, std::expm1(x)) CASE(Log, std::log(x)) CASE(Log1p, std::log1p(x)) CASE(Log10, std::log10(x)) CASE(Sin, std::sin(x)) CASE(Cos, std::cos(x)) \
    CASE(Tan, std::tan(x)) CASE(Asin, std::asin(x)) CASE(Acos, std::acos(x)) CASE(Atan, std::atan(x)) CASE(Sinh, std::sinh(x)) CASE(Cosh, std::cosh(x)) \
    CASE(Tanh, std::tanh(x)) CASE(Atan2, std::atan2(x, y)) CASE(Less, x < y) CASE(LessOrEqual, x <= y) CASE(Equal, x == y) CASE(GreaterOrEqual, x >= y) \
    CASE(Greater, x > y)

void values_one_by_one(Program& p) {
    double* w = p.slots.data();
    const int32_t *targets = p.targets.data(), *left = p.left.data(), *right = p.right.data(), *ops = p.ops.data(), *lists = p.lists.data();
    for (size_t k = 0, n = p.ops.size(); k < n; k++) {
        int32_t a = left[k], b = right[k];
        switch (ops[k]) {
#define CASE(op, value) \
    case op: { \
        double x = w[a], y = w[b]; \
        (void)y; \
        w[targets[k]] = value; \
        break; \
    }
            OPERATIONS(CASE)
#undef CASE
            case Sum: w[targets[k]] = sum_of(w, lists + a, b); break;
            case Select: w[targets[k]] = w[lists[a]] != 0 ? w[lists[a + 1]] : w[lists[a + 2]]; break;
            case Fma: w[targets[k]] = std::fma(w[lists[a]], w[lists[a + 1]], w[lists[a + 2]]); break;
            default: unknown(ops[k]);
        }
    }
}

void values_by_runs(Program& p) {
    double* w = p.slots.data();
    const int32_t *targets = p.targets.data(), *left = p.left.data(), *right = p.right.data(), *lists = p.lists.data();
    for (const Run& run : p.runs) {
        switch (run.op) {
#define CASE(op, value) \
    case op: \
        for (int32_t k = run.start; k < run.end; k++) { \
            double x = w[left[k]], y = w[right[k]]; \
            (void)y; \
            w[targets[k]] = value; \
        } \
        break;
            OPERATIONS(CASE)
#undef CASE
            case Sum:
                for (int32_t k = run.start; k < run.end; k++) w[targets[k]] = sum_of(w, lists + left[k], right[k]);
                break;
            case Select:
                for (int32_t k = run.start; k < run.end; k++) {
                    const int32_t* x = lists + left[k];
                    w[targets[k]] = w[x[0]] != 0 ? w[x[1]] : w[x[2]];
                }
                break;
            case Fma:
                for (int32_t k = run.start; k < run.end; k++) {
                    const int32_t* x = lists + left[k];
                    w[targets[k]] = std::fma(w[x[0]], w[x[1]], w[x[2]]);
                }
                break;
            default: unknown(run.op);
        }
    }
}

/// b·aᵇ⁻¹ as y/a, unless that left the range where it is accurate; the partial derivative of a power.
double power_partial(double a, double b, double y) {
    double quotient = y / a;
    return b == 0 ? 0 : b * (std::isnormal(y) && std::isnormal(quotient) ? quotient : std::pow(a, b - 1));
}

/// 1 − y², where y is so close to 1 that this has lost its digits from the argument.
double tanh_partial(double x, double y) {
    if (std::fabs(y) < 0.75) return (1 - y) * (1 + y);
    double reciprocal = 1 / std::cosh(x);
    return reciprocal * reciprocal;
}

/// b/(a² + b²) without squares, which might overflow; the partial derivative of the angle of the point (b, a) to a.
double atan2_partial(double a, double b) {
    if (std::fabs(b) >= std::fabs(a)) return 1 / (b + a * (a / b));
    double ratio = b / a;
    return ratio / (a + b * ratio);
}

void partials_by_runs(Program& p) {
    double* w = p.slots.data();
    const int32_t *targets = p.partial_targets.data(), *nodes = p.partial_nodes.data(), *left = p.partial_left.data(), *right = p.partial_right.data();
    const int32_t* lists = p.lists.data();
    for (const Run& run : p.partial_runs) {
#define EACH(partial) \
    { \
        for (int32_t k = run.start; k < run.end; k++) { \
            double x = w[left[k]], y = w[right[k]], v = w[nodes[k]]; \
            (void)x, (void)y, (void)v; \
            w[targets[k]] = partial; \
        } \
        break; \
    }
        switch (run.op) {
            case Div:
                if (run.operand == 0) EACH(1 / y)
                EACH(-v / y)
            case Square: EACH(x + x)
            case Abs: EACH(x < 0 ? -1.0 : 1.0)
            case Sqrt: EACH(0.5 / std::fabs(v))
            case Pow:
                if (run.operand == 0) EACH(power_partial(x, y, v))
                EACH(v == 0 && x >= 0 ? 0 : v * std::log(x))
            case Hypot:
                if (run.operand == 0) EACH(v == 0 ? 0 : x / v)
                EACH(v == 0 ? 0 : y / v)
            case Min:
                if (run.operand == 0) EACH(x <= y ? 1 : 0)
                EACH(x <= y ? 0 : 1)
            case Max:
                if (run.operand == 0) EACH(x >= y ? 1 : 0)
                EACH(x >= y ? 0 : 1)
            case Cbrt: EACH(1 / (3 * v * v))
            case Expm1: EACH(x < -0.5 ? std::exp(x) : v + 1)
            case Log: EACH(1 / x)
            case Log1p: EACH(1 / (1 + x))
            case Log10: EACH(0.43429448190325182 / x)
            case Sin: EACH(std::cos(x))
            case Cos: EACH(-std::sin(x))
            case Tan: EACH(1 + v * v)
            case Asin: EACH(1 / std::sqrt((1 - x) * (1 + x)))
            case Acos: EACH(-1 / std::sqrt((1 - x) * (1 + x)))
            case Atan: EACH(1 / (1 + x * x))
            case Sinh: EACH(std::fabs(v) < 1e8 ? std::sqrt(1 + v * v) : std::fabs(v))
            case Cosh: EACH(std::sinh(x))
            case Tanh: EACH(tanh_partial(x, v))
            case Atan2:
                if (run.operand == 0) EACH(atan2_partial(x, y))
                EACH(-atan2_partial(y, x))
            case Select:
                // The place of the list stands where the first operand does, the position in it where the second does.
                for (int32_t k = run.start; k < run.end; k++) w[targets[k]] = (w[lists[left[k]]] != 0) == (right[k] == 1) ? 1 : 0;
                break;
            case Fma:
                for (int32_t k = run.start; k < run.end; k++) w[targets[k]] = w[lists[left[k] + 1 - right[k]]];
                break;
            default: unknown(run.op);
        }
#undef EACH
    }
}

void forward(const Program& p, double* t) {
    const double* w = p.slots.data();
    const int32_t *targets = p.sweep_targets.data(), *ends = p.edge_ends.data(), *sources = p.sources.data(), *labels = p.labels.data();
    int32_t edge = 0;
    for (size_t k = 0, n = p.sweep_targets.size(); k < n; k++) {
        double sum[Directions] = {};
        for (; edge < ends[k]; edge++) {
            const double* from = t + Directions * int64_t(sources[edge]);
            double factor = w[labels[edge]];
            for (int d = 0; d < Directions; d++) sum[d] += factor * from[d];
        }
        double* to = t + Directions * int64_t(targets[k]);
        for (int d = 0; d < Directions; d++) to[d] = sum[d];
    }
}

void reverse(const Program& p, double* t) {
    const double* w = p.slots.data();
    const int32_t *targets = p.sweep_targets.data(), *ends = p.edge_ends.data(), *sources = p.sources.data(), *labels = p.labels.data();
    int32_t end = p.sources.size();
    for (int64_t k = int64_t(p.sweep_targets.size()) - 1; k >= 0; k--) {
        int32_t start = k == 0 ? 0 : ends[k - 1];
        double adjoint = t[targets[k]];
        t[targets[k]] = 0;
        for (int32_t edge = start; edge < end; edge++) t[sources[edge]] += adjoint * w[labels[edge]];
        end = start;
    }
}

/// Zeros that begin at a line of the cache, as those of the other program do; there until the end.
double* aligned_zeros(size_t count) {
    constexpr size_t Line = 64;
    size_t bytes = (count * sizeof(double) / Line + 1) * Line;
    void* numbers = std::aligned_alloc(Line, bytes);
    std::memset(numbers, 0, bytes);
    return static_cast<double*>(numbers);
}

double total(const double* numbers, size_t count) {
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += numbers[k];
    return sum;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: interpreter FILE SECONDS\n", stderr);
        return 2;
    }
    Program p = load(arguments[1]);
    double budget = std::atof(arguments[2]);
    double one_by_one = median_seconds(budget, [&] { values_one_by_one(p); });
    double runs = median_seconds(budget, [&] { values_by_runs(p); });
    double partials = median_seconds(budget, [&] { partials_by_runs(p); });

    std::vector<double> seeds(Directions * size_t(p.input_count));
    double* tangents = aligned_zeros(Directions * size_t(p.sweep_slots));
    for (size_t k = 0; k < seeds.size(); k++) seeds[k] = 1 + k % Directions;
    double forward_seconds = median_seconds(budget, [&] {
        std::copy(seeds.begin(), seeds.end(), tangents);
        forward(p, tangents);
    });
    double forward_sum = 0;
    for (int32_t slot : p.output_slots)
        if (slot >= 0) forward_sum += total(tangents + Directions * size_t(slot), Directions);

    std::vector<double> adjoints(p.sweep_slots);
    double reverse_seconds = median_seconds(budget, [&] {
        for (int32_t input = 0; input < p.input_count; input++) adjoints[input] = 0;
        for (int32_t slot : p.output_slots)
            if (slot >= 0) adjoints[slot] += 1;
        reverse(p, adjoints.data());
    });
    std::printf("{\"oneByOne\":%.6g,\"runs\":%.6g,\"partials\":%.6g,\"forward\":%.6g,\"reverse\":%.6g,\"forwardSum\":%.15g,\"reverseSum\":%.15g}\n", one_by_one, runs, partials,
        forward_seconds, reverse_seconds, forward_sum, total(adjoints.data(), p.input_count));
    return 0;
}
