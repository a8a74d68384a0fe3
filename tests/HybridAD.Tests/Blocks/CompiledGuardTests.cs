using HybridAD.Blocks;
using HybridAD.Errors;
using HybridAD.Rolling;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>Guards of compiled functions are looked at by themselves, where nobody asks for values.</summary>
public class CompiledGuardTests
{
    private const int Count = 200;

    public static TheoryData<string> Functions => [.. new[] { "of inputs", "of what kernels compute", "of a sum", "of one in three" }];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Derivatives_are_those_of_the_branch_wherever_it_flips(string kind)
    {
        foreach (var stated in new[] { false, true })
        {
            var compiled = AD.Trace(x => Function(kind, stated, x), Point(), new TracingOptions { Engine = Engine.Compiled });
            var jacobian = compiled.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
            for (var flipped = -1; flipped < Count; flipped += flipped < 0 ? 1 : 67)
            {
                var x = Point();
                if (flipped >= 0)
                    x[flipped] = -x[flipped];
                var expected = AD.Trace(inputs => Function(kind, stated, inputs), x, new TracingOptions { Engine = Engine.Interpreted }).SparseJacobian(x);
                for (var time = 0; time < 2; time++)
                {
                    var actual = jacobian.Evaluate(x);
                    Assert.Equal(expected.Pattern.Columns.ToArray(), actual.Pattern.Columns.ToArray());
                    for (var k = 0; k < expected.Values.Length; k++)
                        Assert.Equal(expected.Values[k], actual.Values[k], 1e-12 * (1 + Math.Abs(expected.Values[k])));
                }
            }
        }
    }

    /// <summary>Outputs come with derivatives where guards are known without them, and else by themselves.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Outputs_with_derivatives_are_those_of_the_branch_wherever_it_flips(string kind)
    {
        Real[] Outputs(Real[] x) => Function(kind, true, x);
        Real[] Norm(Real[] x) => [Real.Sum([.. Outputs(x).Select(static (y, k) => y * y / (k + 1))])];
        var (all, norm) = (AD.Trace(Outputs, Point(), new TracingOptions { Engine = Engine.Compiled }), AD.Trace(Norm, Point(), new TracingOptions { Engine = Engine.Compiled }));
        var jacobian = all.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var workspace = new Workspace();
        for (var flipped = -1; flipped < Count; flipped += flipped < 0 ? 1 : 67)
        {
            var x = Point();
            if (flipped >= 0)
                x[flipped] = -x[flipped];
            var direction = x.Select(static (each, k) => each + k % 3).ToArray();
            var interpreted = AD.Trace(Outputs, x, new TracingOptions { Engine = Engine.Interpreted });
            var interpretedNorm = AD.Trace(Norm, x, new TracingOptions { Engine = Engine.Interpreted });
            var (y, entries, product) = (new double[Count], new double[Count * Count], new double[Count]);
            for (var time = 0; time < 2; time++)
            {
                jacobian.ValueAndEvaluate(x, y, entries, workspace);
                Close.Each(interpreted.Value(x), y, 1e-11, "outputs");
                Close.Each([.. interpreted.Jacobian(x).Cast<double>()], entries, 1e-11, "entries");
                all.ValueAndJvp(x, direction, y, product, workspace);
                Close.Each(interpreted.Value(x), y, 1e-11, "outputs");
                Close.Each(interpreted.Jvp(x, direction), product, 1e-11, "product");
                all.ValueAndVjp(x, direction, y, product, workspace);
                Close.Each(interpreted.Value(x), y, 1e-11, "outputs");
                Close.Each(interpreted.Vjp(x, direction), product, 1e-11, "product");
                Close.Each(interpretedNorm.Value(x), [norm.ValueAndGradient(x, product, workspace)], 1e-11, "outputs");
                Close.Each(interpretedNorm.Gradient(x), product, 1e-11, "gradient");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_flip_is_an_error_where_it_must_be(string kind)
    {
        var jacobian = AD.Trace(x => Function(kind, true, x), Point(), new TracingOptions { Engine = Engine.Compiled, OnGuardFlip = GuardPolicy.Throw }).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var x = Point();
        _ = jacobian.Evaluate(x);
        x[0] = -x[0];
        Assert.Equal("HAD2004", Assert.Throws<HybridAdException>(() => jacobian.Evaluate(x)).Code);
    }

    [Fact]
    public void What_guards_do_not_need_is_left_out()
    {
        var trace = AD.Trace(x => Function("of what kernels compute", false, x), Point()).SimplifiedTrace;
        var graph = FunctionBlocks.Of(trace, RollingOptions.ForValues with { IncludeGuards = true })!;
        var guards = NeededBlocks.Of(graph, graph.OutputSlots[trace.OutputCount..]);
        Assert.Equal(trace.Guards.Length, guards.OutputSlots.Length);
        Assert.InRange(guards.Blocks.Length, 1, graph.Blocks.Length);
        Assert.Equal(graph.SlotCount, NeededBlocks.Of(graph, graph.OutputSlots).SlotCount);
    }

    private static Real[] Function(string kind, bool stated, Real[] x)
    {
        return kind switch
        {
            "of inputs" => Map(i => x[i] > 0 ? Real.Sin(x[i]) * x[(i + 1) % Count] : Real.Exp(x[i]) - x[(i + 1) % Count]),
            "of what kernels compute" => Map(i =>
            {
                var square = Real.Tanh(x[i]) * x[i] + x[i];
                return square > -0.05 ? Real.Sqrt(2 + square) * x[(i + 3) % Count] : square * x[(i + 3) % Count];
            }),
            "of a sum" => [.. Map(i => x[i] * x[i] * x[i]) is var cubes && Sum(cubes) > 0.999 * CubesAt() ? cubes : Map(i => Real.Cos(cubes[i]) + x[(i + 2) % Count])],
            _ => Map(i => i % 3 == 0 && x[i] < 0 ? x[i] * x[(i + 5) % Count] : Real.Cos(x[i] + x[(i + 5) % Count])),
        };

        Real[] Map(Func<int, Real> body) => stated ? AD.Map(Count, body) : [.. Enumerable.Range(0, Count).Select(body)];

        static Real Sum(Real[] terms) => terms.Aggregate(static (a, b) => a + b);

        static double CubesAt() => Point().Sum(static v => v * v * v);
    }

    private static double[] Point() => [.. Enumerable.Range(0, Count).Select(static k => 0.6 + 0.3 * Math.Sin(k))];
}
