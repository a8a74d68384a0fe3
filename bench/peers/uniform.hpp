// Numbers in [0, 1) from a seed and an index (SplitMix64), the same in every language.
#pragma once
#include <cstdint>

inline double uniform(uint64_t seed, uint64_t index) {
    uint64_t z = ((seed << 32) + index + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (z >> 11) * (1.0 / 9007199254740992.0);
}
