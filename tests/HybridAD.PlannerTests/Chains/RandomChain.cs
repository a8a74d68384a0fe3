using static HybridAD.Real;

namespace HybridAD.PlannerTests.Chains;

/// <summary>Functions that are compositions of random stages of random widths, and with some luck shortcuts past a cut.</summary>
internal sealed class RandomChain
{
    private readonly Random _random;

    public RandomChain(int seed)
    {
        _random = new Random(seed);
        Widths = [.. Enumerable.Range(0, _random.Next(2, 7)).Select(_ => _random.Next(3) == 0 ? _random.Next(20, 60) : _random.Next(1, 8))];
        Function = AD.Trace(Run, [.. Enumerable.Range(0, Widths[0]).Select(_ => _random.NextDouble())]);
    }

    /// <summary>Inputs, what passes between the stages, outputs.</summary>
    public int[] Widths { get; }

    public TracedFunction Function { get; }

    private Real[] Run(Real[] x)
    {
        // Tracing again must give the same function.
        var random = new Random(Widths.Sum());
        var values = x;
        Real shortcut = 1;
        foreach (var width in Widths.Skip(1))
        {
            var before = values;
            values = [.. Enumerable.Range(0, width).Select(row => Tanh(Sum([.. before.Select(v => v * (2 * random.NextDouble() - 1))]) + row) * (1 + 0.1 * Sin(before[row % before.Length])) * shortcut)];
            shortcut = random.Next(4) == 0 ? 1 + before[0] * before[0] : 1;
        }
        return values;
    }
}
