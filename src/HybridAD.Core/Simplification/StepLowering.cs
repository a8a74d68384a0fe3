using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Simplification;

/// <summary>
/// Writes operations that kernels have no steps for as several that they have, with the same values and derivatives: a piecewise linear function as the selection
/// of a line, whose numbers may differ from instance to instance like all literals; all-different as comparisons of all pairs; an extreme of a list as those of pairs.
/// </summary>
public static class StepLowering
{
    /// <summary>Pieces of the longest piecewise linear function that is lowered: all of them are computed.</summary>
    public const int MostPieces = 64;

    /// <summary>The longest list whose pairs are compared.</summary>
    public const int MostCompared = 16;

    /// <summary>The trace with such operations lowered; the trace itself where it has none. Inputs, outputs and guards keep their order.</summary>
    public static Trace Apply(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (trace.Operations.IndexOfAny([Op.PiecewiseLinear, Op.AllDifferent, Op.MinOf, Op.MaxOf]) < 0)
            return trace;
        var builder = new TraceBuilder(trace.InputCount, trace.NodeCount);
        var ids = new int[trace.NodeCount];
        for (var node = 0; node < trace.NodeCount; node++)
            ids[node] = node < trace.InputCount ? node : Lowered(trace, node, ids, builder);
        foreach (var guard in trace.Guards)
            builder.AddGuard(ids[guard.Node], guard.Expected);
        return builder.Build(Array.ConvertAll(trace.Outputs.ToArray(), output => ids[output]));
    }

    private static int Lowered(Trace trace, int node, int[] ids, TraceBuilder builder)
    {
        var operands = trace.OperandsOf(node);
        var mapped = new int[operands.Length];
        for (var k = 0; k < mapped.Length; k++)
            mapped[k] = ids[operands[k]];
        return trace.Operations[node] switch
        {
            Op.PiecewiseLinear when trace.ParametersOf(node).Length < 2 * MostPieces => Line(mapped[0], trace.ParametersOf(node), builder),
            Op.AllDifferent when mapped.Length <= MostCompared => Comparisons(mapped, builder),
            Op.MinOf => Pairs(Op.Min, mapped, builder),
            Op.MaxOf => Pairs(Op.Max, mapped, builder),
            _ => builder.Copy(trace, node, mapped),
        };
    }

    /// <summary>y + slope · (x − reached), of which the three numbers are those of the piece that x is in.</summary>
    private static int Line(int x, ReadOnlySpan<double> parameters, TraceBuilder builder)
    {
        var pieces = PiecewiseLinearRule.PiecesOf(parameters);
        var (y, reached, slope) = (builder.Constant(pieces[0].Value), builder.Constant(pieces[0].Reached), builder.Constant(pieces[0].Slope));
        for (var k = 1; k < pieces.Length; k++)
        {
            var breakpoint = parameters[2 * k - 1];
            // At a breakpoint the piece that is nearer to 0 holds, at 0 the one to the right.
            var isRight = builder.Binary(breakpoint > 0 ? Op.Less : Op.LessOrEqual, builder.Constant(breakpoint), x);
            y = Selected(pieces[k].Value, y);
            reached = Selected(pieces[k].Reached, reached);
            slope = Selected(pieces[k].Slope, slope);

            int Selected(double number, int otherwise) => builder.List(Op.Select, isRight, builder.Constant(number), otherwise);
        }
        return builder.Binary(Op.Add, y, builder.Binary(Op.Mul, slope, builder.Binary(Op.Sub, x, reached)));
    }

    private static int Comparisons(int[] numbers, TraceBuilder builder)
    {
        var all = builder.Constant(1);
        for (var i = 0; i < numbers.Length; i++)
            for (var j = 0; j < i; j++)
                all = builder.Binary(Op.And, all, builder.Binary(Op.NotEqual, numbers[i], numbers[j]));
        return all;
    }

    private static int Pairs(byte operation, int[] numbers, TraceBuilder builder)
    {
        var first = numbers[0];
        foreach (var second in numbers.AsSpan(1))
            first = builder.Binary(operation, first, second);
        return first;
    }
}
