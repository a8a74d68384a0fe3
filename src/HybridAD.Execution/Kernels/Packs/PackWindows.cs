namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// The parts of a code inside which steps are packed, all about as long. What is far apart is rarely alike, and what depends on what takes a bit for every two steps; where every pack lies in one
/// window, no two packs of different windows can need each other crosswise.
/// </summary>
/// <param name="stepCount">Number of steps of the code.</param>
internal readonly struct PackWindows(int stepCount)
{
    private const int Longest = 2000;

    private readonly int _size = Math.Max(1, (stepCount + CountFor(stepCount) - 1) / CountFor(stepCount));

    /// <summary>Number of windows.</summary>
    public int Count => CountFor(stepCount);

    /// <summary>The window of a step.</summary>
    public int Of(int step) => step / _size;

    /// <summary>The first step of a window.</summary>
    public int Start(int window) => Math.Min(stepCount, window * _size);

    private static int CountFor(int stepCount) => Math.Max(1, (stepCount + Longest - 1) / Longest);
}
