namespace HybridAD.Planning.Elimination.Search;

/// <summary>A small fast random generator (SplitMix64) whose sequence is fixed by the seed on every platform.</summary>
internal struct SearchRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        _state += 0x9e3779b97f4a7c15UL;
        return Fingerprint.Mix(_state);
    }

    /// <summary>A number from 0 up to but not including <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)((NextBits() >> 32) * (ulong)bound >> 32);

    /// <summary>A number in (0, 1].</summary>
    public double NextDouble() => ((NextBits() >> 11) + 1) * (1.0 / (1UL << 53));
}
