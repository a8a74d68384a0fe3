using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Stability.Points;

/// <summary>Whether the first-order figures of an output can be trusted.</summary>
internal static class Validity
{
    /// <summary>The largest second-order part, relative to the bound, that first-order figures bear.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>Second-order terms as small as this, relative to the result, may be rounding errors of terms that cancel.</summary>
    private const double Negligible = 1e-40;

    /// <summary>More than what rounding in the analysis itself takes from the bound.</summary>
    private const double OwnRounding = 1e-12;

    /// <summary>
    /// The bound that is reported: where the first-order figures hold, their small second-order part and the rounding of the analysis are added, so that
    /// no error is above it by a hair.
    /// </summary>
    public static double WithSecondOrder(double bound, double rest, double value) =>
        IsSmall(rest, bound, value) ? bound * (1 + OwnRounding) + 2 * Math.Abs(rest) : bound;

    /// <summary>Reasons not to trust them.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="values">Computed values.</param>
    /// <param name="output">The node of the output.</param>
    /// <param name="rest">The second-order part of its error.</param>
    /// <param name="sums">Its first-order figures.</param>
    /// <param name="hasNotFinite">Whether any node is ±∞ or NaN.</param>
    public static IEnumerable<StabilityFlag> Flags(Trace trace, double[] values, int output, double rest, Contributions sums, bool hasNotFinite)
    {
        var value = values[output];
        if (!double.IsFinite(value))
            yield return Invalid($"the result is {Text(value)}");
        else if (hasNotFinite && FirstNotFinite(trace, values, output) is >= 0 and var lost)
            yield return Invalid($"{Primitive.Of(trace.Operations[lost]).Name} on the way to the result is {Text(values[lost])} (node {lost})");
        else if (!double.IsFinite(sums.Bound))
            yield return Invalid("a derivative on the way to the result is not finite");
        else if (!IsSmall(rest, sums.Bound, value))
            yield return Invalid($"second-order terms of {Text(rest)} beside a first-order bound of {Text(sums.Bound)}");
        else if (sums.Bound <= 2 * sums.UnderflowBound && FirstOnTheWay(trace, values, output, LocalRounding.Underflows) >= 0)
            yield return Invalid(value != 0 ? "results near the smallest numbers make most of the error" : sums.Bound == 0 ? "the result and its derivatives are 0 because of results below the smallest numbers" : "the result is 0 because of results below the smallest numbers");
    }

    private static bool IsSmall(double rest, double bound, double value) =>
        Math.Abs(rest) <= Math.Max(Tolerance * bound, Negligible * Math.Abs(value));

    private static StabilityFlag Invalid(string reason) => new(FlagKind.FirstOrderInvalid, reason);

    private static string Text(double x) => x.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>The last operation on the way to a result that is ±∞ or NaN, or −1.</summary>
    public static int FirstNotFinite(Trace trace, double[] values, int output) =>
        FirstOnTheWay(trace, values, output, static (trace, node, values) => trace.Operations[node] > Op.Constant && !double.IsFinite(values[node]));

    /// <summary>The last node a result is computed from for which something holds, or −1; operands that a choice does not take are not looked at.</summary>
    private static int FirstOnTheWay(Trace trace, double[] values, int output, Func<Trace, int, double[], bool> holds)
    {
        var reached = new bool[output + 1];
        reached[output] = true;
        for (var node = output; node >= 0; node--)
        {
            if (!reached[node])
                continue;
            if (holds(trace, node, values))
                return node;
            var isChoice = trace.Operations[node] is Op.Select or Op.Min or Op.Max or Op.MinOf or Op.MaxOf;
            foreach (var operand in trace.OperandsOf(node))
                reached[operand] |= !isChoice || values[operand].Equals(values[node]);
        }
        return -1;
    }
}
