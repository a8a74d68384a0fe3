using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>What a result begins with before the first evaluation: the numbers of those ranges of it that no step replaces. Only these are kept. Immutable.</summary>
internal sealed class ResultBeginnings
{
    private readonly (int Start, int End)[] _ranges;
    private readonly double[] _numbers;

    /// <param name="length">Length of the result.</param>
    /// <param name="template">Numbers for the whole result, of which those of the ranges count; null for zeros.</param>
    /// <param name="ranges">The ranges, increasing.</param>
    public ResultBeginnings(int length, double[]? template, (int Start, int End)[] ranges)
    {
        (Length, _ranges) = (length, ranges);
        _numbers = new double[ranges.Sum(static range => range.End - range.Start)];
        if (template is null)
            return;
        var at = 0;
        foreach (var (start, end) in ranges)
        {
            template.AsSpan(start, end - start).CopyTo(_numbers.AsSpan(at));
            at += end - start;
        }
    }

    /// <summary>No result.</summary>
    public static ResultBeginnings None { get; } = new(0, null, []);

    /// <summary>Length of the result.</summary>
    public int Length { get; }

    /// <summary>Whether steps replace all numbers of the result.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Writes them to a result.</summary>
    public void WriteTo(Span<double> result)
    {
        var at = 0;
        foreach (var (start, end) in _ranges)
        {
            _numbers.AsSpan(at, end - start).CopyTo(result[start..]);
            at += end - start;
        }
    }

    /// <summary>Steps that do the same, in parts that several threads can share.</summary>
    public BlockStep[] Steps()
    {
        var steps = new BlockStep[_ranges.Length];
        var at = 0;
        for (var k = 0; k < steps.Length; k++)
        {
            var (start, end) = _ranges[k];
            steps[k] = new ResetRangeStep(Space.Result, start, end, _numbers, at);
            at += end - start;
        }
        return steps;
    }
}
