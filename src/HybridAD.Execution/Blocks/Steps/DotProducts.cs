using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Long sums of multiples of numbers that stand next to each other, but for a few: a layer whose weights and biases are inputs. Terms that are neighbours are
/// added in vectors, not in order. Coefficients that several sums have, as those of such a layer, are kept once.
/// </summary>
internal sealed class DotProducts : RowsStep
{
    /// <summary>Neighbouring terms, on average, below which vectors are not worth it.</summary>
    public const int FewestTerms = 16;

    private readonly Space _targetSpace;
    private readonly int[] _targets;
    private readonly double[] _constants;
    private readonly double[] _coefficients;
    private readonly bool _accumulates;
    private readonly int[] _lineEnds;
    private readonly int[] _lineSources;
    private readonly int[] _lineLengths;
    private readonly int[] _lineCoefficients;

    /// <param name="targetSpace">Where the sums go.</param>
    /// <param name="targets">The position of every sum.</param>
    /// <param name="constants">What every sum begins with.</param>
    /// <param name="rowStarts">Where the terms of every sum begin, one offset more than sums.</param>
    /// <param name="sources">The position of every term in the working memory, or the complement of its position in the point.</param>
    /// <param name="coefficients">The factor of every term.</param>
    /// <param name="accumulates">Whether the sums are added to what is there.</param>
    public DotProducts(Space targetSpace, int[] targets, double[] constants, int[] rowStarts, int[] sources, double[] coefficients, bool accumulates)
        : base(targets.Length, StepCosts.ScatteredNumber + StepCosts.CopiedNumber * sources.Length / Math.Max(1, targets.Length))
    {
        (_targetSpace, _targets, _constants, _accumulates) = (targetSpace, targets, constants, accumulates);
        var starts = new Growing<int>();
        _lineEnds = new int[targets.Length];
        for (var row = 0; row < targets.Length; row++)
        {
            for (var k = rowStarts[row]; k < rowStarts[row + 1]; k++)
                if (k == rowStarts[row] || !AreNeighbours(sources[k - 1], sources[k]))
                    starts.Add(k);
            _lineEnds[row] = starts.Count;
        }
        _lineSources = new int[starts.Count];
        _lineLengths = new int[starts.Count];
        _lineCoefficients = new int[starts.Count];
        starts.Add(sources.Length);
        var kept = new SharedNumbers();
        for (var line = 0; line < _lineSources.Length; line++)
        {
            var (start, end) = (starts[line], starts[line + 1]);
            (_lineSources[line], _lineLengths[line]) = (sources[start], end - start);
            _lineCoefficients[line] = kept.Add(coefficients.AsSpan(start, end - start));
        }
        _coefficients = kept.ToArray();
    }

    /// <summary>Whether enough terms of a sum stand next to each other.</summary>
    public static bool Fits(ReadOnlySpan<int> sources)
    {
        var lines = 1;
        for (var k = 1; k < sources.Length; k++)
            lines += AreNeighbours(sources[k - 1], sources[k]) ? 0 : 1;
        return sources.Length >= FewestTerms * lines;
    }

    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = _targetSpace == Space.Memory ? memory : result;
        var line = first == 0 ? 0 : _lineEnds[first - 1];
        for (var row = first; row < end; row++)
        {
            var sum = _constants[row];
            for (; line < _lineEnds[row]; line++)
            {
                var (source, start, length) = (_lineSources[line], _lineCoefficients[line], _lineLengths[line]);
                sum += length > 1 ? InnerProduct.Of(_coefficients.AsSpan(start, length), source >= 0 ? memory.Slice(source, length) : point.Slice(~source, length))
                    : _coefficients[start] * (source >= 0 ? memory[source] : point[~source]);
            }
            if (_accumulates)
                target[_targets[row]] += sum;
            else
                target[_targets[row]] = sum;
        }
    }

    /// <summary>Complements of increasing positions decrease.</summary>
    private static bool AreNeighbours(int source, int next) => source < 0 ? next == source - 1 : next == source + 1;
}
