using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// What a part leaves apart, see <see cref="ApartEntries"/>: every number once, in however many places it counts. Those of an instance lie one behind the other where they are fetched in no order and
/// often, so that a line of the cache has several of them; else each has an array in the order of the instances.
/// </summary>
/// <param name="code">The code of the part.</param>
/// <param name="instanceCount">Its instances.</param>
/// <param name="areScattered">Whether the numbers are fetched in no order, and watched here.</param>
internal sealed class ApartNumbers(PartCode code, int instanceCount, bool areScattered)
{
    /// <summary>Factors that have numbers of their own, as those of what flows from one place to another: 1 and −1. More are multiplied by where they count only.</summary>
    private const int MostFactors = 2;

    /// <summary>Places that a number counts in from where on it is fetched so often that it pays to bring those of an instance together.</summary>
    private const double FewestPlaces = 2;

    private readonly List<int> _steps = [];
    private readonly Dictionary<int, int> _numberOf = [];
    private readonly List<Contribution> _contributions = [];

    /// <summary>Leaves a contribution.</summary>
    /// <param name="contribution">The contribution.</param>
    /// <param name="number">The step of its number without its factors.</param>
    public void Leave(Contribution contribution, int number)
    {
        _contributions.Add(contribution);
        contribution.ApartPlaces = FactorsOf(contribution) is { } factors
            ? Array.ConvertAll(factors, factor => new ApartPlace(factor, NumberOf(code.Code.Multiply(code.Code.Literal(factor), number))))
            : [new(double.NaN, NumberOf(code.Code.Multiply(code.Parameter(contribution.Factors), number)))];
    }

    /// <summary>Gives all numbers their places, and stores them.</summary>
    /// <param name="memory">Where the places are.</param>
    public void Store(ProgramMemory memory)
    {
        if (_steps.Count == 0)
            return;
        var inRows = areScattered && Places() >= FewestPlaces * _steps.Count * instanceCount;
        var stride = inRows ? _steps.Count : 1;
        var starts = new int[_steps.Count];
        for (var k = 0; k < starts.Length; k++)
            starts[k] = !inRows ? memory.Allocate(instanceCount) : k == 0 ? memory.Allocate((long)stride * instanceCount) : starts[0] + k;
        for (var k = 0; k < starts.Length; k++)
        {
            var positions = FreshPages.Uncleared<int>(instanceCount);
            for (var t = 0; t < positions.Length; t++)
                positions[t] = starts[k] + t * stride;
            code.Store(_steps[k], Space.Memory, positions, StoreKind.Assign, isWatched: areScattered);
        }
        foreach (var contribution in _contributions)
            (contribution.ApartPlaces, contribution.ApartStride) = (Array.ConvertAll(contribution.ApartPlaces, place => place with { Start = starts[place.Start] }), stride);
    }

    private long Places()
    {
        var count = 0L;
        foreach (var contribution in _contributions)
            foreach (var position in contribution.Positions)
                count += position >= 0 ? 1 : 0;
        return count;
    }

    private int NumberOf(int step)
    {
        if (_numberOf.TryAdd(step, _steps.Count))
            _steps.Add(step);
        return _numberOf[step];
    }

    /// <summary>The factors of the instances that count; null where they are too many.</summary>
    private static double[]? FactorsOf(Contribution contribution)
    {
        var factors = new List<double>(MostFactors);
        for (var t = 0; t < contribution.Positions.Length; t++)
            if (contribution.Positions[t] >= 0 && !factors.Contains(contribution.Factors[t]))
            {
                if (factors.Count == MostFactors || double.IsNaN(contribution.Factors[t]))
                    return null;
                factors.Add(contribution.Factors[t]);
            }
        return [.. factors];
    }
}
