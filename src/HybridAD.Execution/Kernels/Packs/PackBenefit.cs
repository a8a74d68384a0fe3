using HybridAD.Execution.Kernels.Steps;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>
/// Weighs every pack when all are known: what it saves and what it gives its users against the operands that have to be gathered and the lanes that have to be
/// taken out. Packs that do not pay are taken apart, which may change the balance of others.
/// </summary>
internal sealed class PackBenefit(StraightLineCode line, PackTable table, int lanes)
{
    private const int MostPasses = 6;

    private readonly KernelCode _code = line.Code;

    /// <summary>Takes apart what does not pay.</summary>
    public void TakeApart()
    {
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var (uses, isScalar) = Uses();
            var bad = new List<int[]>();
            foreach (var pack in Packs())
                if (Of(pack, uses, isScalar) < 0)
                    bad.Add(pack);
            foreach (var pack in bad)
                table.TakeApart(pack);
            if (bad.Count == 0)
                return;
        }
    }

    private double Of(int[] pack, Dictionary<StepTuple, int> uses, bool[] isScalar)
    {
        var benefit = (double)PackTable.Price(_code.Steps[pack[0]]);
        if (pack.Length > 2 && benefit > 1)
            benefit = 0.5; // Dividers are two lanes wide.
        for (var place = 0; place < 3 && table.Operands(pack, place) is { } operands; place++)
        {
            var sharing = uses.GetValueOrDefault(new StepTuple(operands), 1);
            var half = pack.Length / 2;
            var apart = half == 1 ? 0 : table.CostOfGathering(operands.AsSpan(0, half)) + table.CostOfGathering(operands.AsSpan(half));
            benefit -= (double)(table.CostOfGathering(operands) - apart) / sharing;
            // Halves would have to be taken out of what is packed.
            if (table.PackOf(operands[0]) is { } source && source.Length == pack.Length && half == 1)
                foreach (var operand in operands.AsSpan(half))
                    benefit += isScalar[operand] ? 0 : 1.0 / sharing;
        }
        if (pack.Length == 2)
            benefit -= isScalar[pack[1]] ? 1 : 0;
        if (uses.ContainsKey(new StepTuple(pack)))
            benefit += 1;
        else if (pack.Length > 2)
        {
            // Only halves are used: one of them has to be taken out.
            benefit -= uses.ContainsKey(new StepTuple(pack[(pack.Length / 2)..])) ? 1 : 0;
        }
        return benefit;
    }

    /// <summary>How often steps are needed together, and which are needed alone.</summary>
    private (Dictionary<StepTuple, int> Uses, bool[] IsScalar) Uses()
    {
        var uses = new Dictionary<StepTuple, int>();
        var isScalar = new bool[_code.Steps.Length];
        foreach (var pack in Packs())
            for (var place = 0; place < 3 && table.Operands(pack, place) is { } operands; place++)
                Use(operands, uses, isScalar);
        for (var k = 0; k < _code.Steps.Length; k++)
            if (table.PackOf(k) is null || table.IsCalls(k))
                foreach (var operand in Operands.Of(_code.Steps[k]))
                    isScalar[operand] = true;
        foreach (var (first, count) in StoreRuns.Of(line, table, lanes))
            if (count > 1)
                Use(_code.Stores.Slice(first, count).ToArray(), uses, isScalar);
            else
                isScalar[_code.Stores[first]] = true;
        return (uses, isScalar);
    }

    private void Use(int[] steps, Dictionary<StepTuple, int> uses, bool[] isScalar)
    {
        var key = new StepTuple(steps);
        uses[key] = uses.GetValueOrDefault(key) + 1;
        if (uses[key] > 1 || table.IsNearlyReady(steps))
            return;
        if (steps.Length == 2)
        {
            isScalar[steps[0]] = isScalar[steps[1]] = true;
            return;
        }
        if (!steps.AsSpan().ContainsAnyExcept(steps[0]))
        {
            isScalar[steps[0]] = true;
            return;
        }
        Use(steps[..(steps.Length / 2)], uses, isScalar);
        Use(steps[(steps.Length / 2)..], uses, isScalar);
    }

    private IEnumerable<int[]> Packs()
    {
        for (var k = 0; k < _code.Steps.Length; k++)
            if (table.PackOf(k) is { } pack && pack[0] == k && !table.IsCalls(k))
                yield return pack;
    }
}

/// <summary>Steps in an order, compared by contents.</summary>
internal readonly struct StepTuple(int[] steps) : IEquatable<StepTuple>
{
    private readonly int[] _steps = steps;

    /// <inheritdoc/>
    public bool Equals(StepTuple other) => _steps.AsSpan().SequenceEqual(other._steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StepTuple other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var step in _steps)
            hash.Add(step);
        return hash.ToHashCode();
    }
}
