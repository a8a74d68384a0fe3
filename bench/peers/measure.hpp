// Medians of thread-CPU time, and what was computed, as JSON.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

/// Seconds of processor time that this thread has used.
double thread_seconds();

/// Where in a page of memory numbers begin: a third of a page from each other. Processors compare the lowest bits of addresses first: what is read some lines behind what was just written, but for
/// whole pages, waits for it, which costs up to 40 %. HybridAD's memory is placed in the same way.
enum class Place : size_t { point = 16, values = point + 1360, entries = values + 1360 };

/// Numbers that begin at a place in a page.
class Numbers {
public:
    Numbers(size_t count, Place place) : room_(count + page / sizeof(double)), count_(count) {
        size_t there = reinterpret_cast<size_t>(room_.data());
        first_ = room_.data() + (size_t(place) - there) % page / sizeof(double);
    }

    /// A point.
    explicit Numbers(const std::vector<double>& numbers) : Numbers(numbers.size(), Place::point) { std::copy(numbers.begin(), numbers.end(), first_); }

    Numbers(const Numbers&) = delete;

    double* data() { return first_; }
    const double* data() const { return first_; }
    size_t size() const { return count_; }

private:
    static constexpr size_t page = 4096;

    std::vector<double> room_;
    double* first_;
    size_t count_;
};

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
