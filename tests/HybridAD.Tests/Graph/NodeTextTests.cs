using HybridAD.Graph;

namespace HybridAD.Tests.Graph;

/// <summary>Nodes are shown as formulas that keep the order of their operations.</summary>
public class NodeTextTests
{
    private static readonly Func<Real[], Real>[] Functions =
    [
        x => Real.Sqrt(x[1] * x[1] - 4 * (x[0] * x[2])) / (2 * x[0]),
        x => x[0] - (x[1] - x[2]),
        x => x[0] - x[1] - x[2],
        x => -(x[0] + x[1]) * -x[2],
        x => Real.Pow(x[0] * x[1], 3),
        x => Real.Where(Real.Less(x[0], x[1]), x[0], Real.Cast(x[1], Rounding.NumberFormat.Binary32)),
        x => Real.Exp(Real.Exp(Real.Exp(Real.Exp(Real.Exp(x[0]))))),
        x => Real.Sum(x[0], x[1], x[2], x[0], x[1]),
    ];

    [Theory]
    [InlineData(0, "sqrt(x1*x1 - 4*…)/(2*x0)")]
    [InlineData(1, "x0 - (x1 - x2)")]
    [InlineData(2, "x0 - x1 - x2")]
    [InlineData(3, "-(x0 + x1)*-x2")]
    [InlineData(4, "(x0*x1)^3")]
    [InlineData(5, "select(lt(x0, x1), x0, binary32(x1))")]
    [InlineData(6, "exp(exp(exp(exp(…))))")]
    [InlineData(7, "sum(x0, x1, x2, x0, …)")]
    public void A_formula_is_as_it_was_written(int function, string text)
    {
        var trace = AD.Trace(Functions[function], [0.5, 2.0, 3.0]).Trace;
        Assert.Equal(text, NodeText.Of(trace, trace.Outputs[0]));
    }

    [Fact]
    public void Names_of_nodes_stand_for_what_they_hold()
    {
        var builder = new TraceBuilder(2);
        var sum = builder.Binary(Op.Add, 0, 1);
        var square = builder.Binary(Op.Mul, sum, sum);
        var trace = builder.Build([square], new TraceNames(["a", "b"], null, new Dictionary<int, string> { [sum] = "s", [square] = "q" }));
        Assert.Equal("s*s", NodeText.Of(trace, square));
        Assert.Equal("a + b", NodeText.Of(trace, sum));
    }
}
