using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>Coloured sweeps, forward, reverse or both: each yields its part of the entries.</summary>
internal sealed class SweptJacobian : JacobianExecutor
{
    private readonly ColoredSweeps[] _parts;

    /// <summary>One direction per colour of columns, or of rows.</summary>
    public SweptJacobian(CompiledTrace function, SparsityPattern pattern, SweepStrategy strategy)
        : base(function, pattern) => _parts = [ColoredSweeps.Of(function.SweepGraph, pattern, strategy)];

    /// <summary>Columns and rows together, each sweep over the operations between what it seeds and what it yields.</summary>
    public SweptJacobian(CompiledTrace function, SparsityPattern pattern, BicoloredStrategy strategy)
        : base(function, pattern)
    {
        int[] rows = pattern.RowOfEntries(), columns = pattern.Columns.ToArray();
        int[] forwardColors = ColoredSweeps.Pick(strategy.ColumnColors.AsSpan(), columns), reverseColors = ColoredSweeps.Pick(strategy.RowColors.AsSpan(), rows);
        var halves = new BicoloredHalves(pattern, strategy);
        for (var entry = 0; entry < rows.Length; entry++)
            (halves.IsForward[entry] ? reverseColors : forwardColors)[entry] = -1;
        var trace = function.Trace;
        var forward = SweepGraph.Between(function.Graph, halves.SeededColumns, ColoredSweeps.Pick(trace.Outputs, halves.ReadRows));
        var reverse = SweepGraph.Between(function.Graph, halves.ReadColumns, ColoredSweeps.Pick(trace.Outputs, halves.SeededRows));
        _parts =
        [
            new(SweepDirection.Forward, forward, ColoredSweeps.Inputs(forward), ColoredSweeps.Pick(strategy.ColumnColors.AsSpan(), halves.SeededColumns), strategy.ColumnColorCount,
                ColoredSweeps.Pick(Scattered(trace.OutputCount, halves.ReadRows, forward.OutputSlots), rows), forwardColors),
            new(SweepDirection.Reverse, reverse, reverse.OutputSlots, ColoredSweeps.Pick(strategy.RowColors.AsSpan(), halves.SeededRows), strategy.RowColorCount,
                ColoredSweeps.Pick(Scattered(trace.InputCount, halves.ReadColumns, ColoredSweeps.Inputs(reverse)), columns), reverseColors, pattern.EntriesByColumn()),
        ];
    }

    public override int SweepCount
    {
        get
        {
            var count = 0;
            foreach (var part in _parts)
                count += part.Count;
            return count;
        }
    }

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var (done, all) = (0.0, SweepCount);
        foreach (var part in _parts)
        {
            workspace.Monitor.Part(done / all, (done + part.Count) / all);
            part.Run(slots, entries, workspace, carefully);
            done += part.Count;
        }
    }

    /// <summary>The values at some indexes, −1 elsewhere.</summary>
    private static int[] Scattered(int count, ReadOnlySpan<int> indexes, int[] values)
    {
        var scattered = new int[count];
        Array.Fill(scattered, -1);
        for (var k = 0; k < indexes.Length; k++)
            scattered[indexes[k]] = values[k];
        return scattered;
    }
}
