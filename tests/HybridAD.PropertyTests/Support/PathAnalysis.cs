namespace HybridAD.PropertyTests.Support;

/// <summary>
/// What can be said of Jacobian entries at a point where some partials are infinite or NaN. A path counts when none of its partials is 0, because zero
/// wins in products. An entry is clean when no path that counts has a non-finite partial, and no partial product can leave the range of doubles:
/// then every order of accumulation must give the finite sum over its paths.
/// </summary>
internal sealed class PathAnalysis
{
    /// <summary>Products of partials stay within 2^±this.</summary>
    private const double LargestExponent = 900;

    private readonly SlowEvaluation _slow;

    public PathAnalysis(SlowEvaluation slow) => _slow = slow;

    /// <summary>For every input, whether its entry in a row is clean.</summary>
    public bool[] CleanEntries(int row)
    {
        var trace = _slow.Trace;
        // Of the paths from a node to the output: is there one that counts, is there a non-finite one, how far do products range.
        var reaches = new bool[trace.NodeCount];
        var poisoned = new bool[trace.NodeCount];
        var exponents = new double[trace.NodeCount];
        reaches[trace.Outputs[row]] = true;
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
        {
            if (!reaches[node])
                continue;
            var operands = trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
            {
                var partial = _slow.Partials[node][k];
                if (partial == 0)
                    continue;
                reaches[operands[k]] = true;
                poisoned[operands[k]] |= poisoned[node] || !double.IsFinite(partial);
                // Several paths of one size add up: a sum of edges is at most so many times larger.
                var exponent = double.IsFinite(partial) ? Math.Abs(Math.Log2(Math.Abs(partial))) + Math.Log2(1 + operands.Length) : 0;
                exponents[operands[k]] = Math.Max(exponents[operands[k]], exponents[node] + exponent);
            }
        }
        return [.. Enumerable.Range(0, trace.InputCount).Select(input => !poisoned[input] && exponents[input] < LargestExponent)];
    }
}
