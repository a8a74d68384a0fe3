// Medians of thread-CPU time, and what was computed, as JSON.
#pragma once
#include <string>
#include <vector>

/// Seconds of processor time that this thread has used.
double thread_seconds();

/// The results of one run of the program.
class Report {
public:
    Report(double seconds_each, bool tools) : tools(tools), seconds_each_(seconds_each) {}

    /// Whether the tools that are installed are measured beside what is written by hand.
    const bool tools;

    /// Names the problem that follows.
    void problem(const std::string& name) { problem_ = name; }

    /// Times an action that writes its result into numbers[0..count).
    template <class Action>
    void measure(const std::string& what, const double* numbers, size_t count, Action action) {
        action();
        long repeats = 1;
        double once = 0;
        // Short actions are repeated until a round can be measured.
        for (;; repeats *= 2) {
            once = round(action, repeats) / repeats;
            if (once * repeats >= 100e-6) break;
        }
        std::vector<double> rounds;
        for (double used = 0; used < seconds_each_ || rounds.size() < 5; used += rounds.back() * repeats)
            rounds.push_back(round(action, repeats) / repeats);
        add(what, rounds, numbers, count);
    }

    /// The results as a JSON array.
    std::string json() const { return "[" + entries_ + "]\n"; }

private:
    template <class Action>
    static double round(Action& action, long repeats) {
        double start = thread_seconds();
        for (long k = 0; k < repeats; k++) {
            action();
            // Everything in memory may have changed: nothing is carried from one call to the next.
            asm volatile("" ::: "memory");
        }
        return thread_seconds() - start;
    }

    void add(const std::string& what, std::vector<double>& rounds, const double* numbers, size_t count);

    double seconds_each_;
    std::string problem_, entries_;
};
