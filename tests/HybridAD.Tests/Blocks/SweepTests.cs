using HybridAD.Tests.Support;
using static HybridAD.Real;
using static HybridAD.Tests.Support.BlockShapes;

namespace HybridAD.Tests.Blocks;

/// <summary>Compiled products with the Jacobian beside those of the interpreter, on functions of the shapes that blocks differ on.</summary>
public sealed class SweepTests
{
    private const int Seed = 271828;

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiled_products_are_those_of_the_interpreter(string name)
    {
        var (function, x) = All[name];
        var (compiled, interpreted) = (Traced(function, x, Engine.Compiled), Traced(function, x, Engine.Interpreted));
        var (random, workspace) = (new Random(Seed), new Workspace());
        for (var round = 0; round < 3; round++)
        {
            var tangent = RandomNumbers.Create(x.Length, random);
            var cotangent = RandomNumbers.Create(compiled.OutputCount, random);
            var (forward, reverse) = (new double[compiled.OutputCount], new double[x.Length]);
            var (y, again) = (new double[compiled.OutputCount], new double[compiled.OutputCount]);
            compiled.ValueAndJvp(x, tangent, y, forward, workspace);
            compiled.ValueAndVjp(x, cotangent, again, reverse, workspace);
            Close.ToScale(interpreted.Value(x), y, 1e-13, $"outputs, seed {Seed}");
            Close.ToScale(interpreted.Value(x), again, 1e-13, $"outputs, seed {Seed}");
            Close.ToScale(interpreted.Jvp(x, tangent), forward, 1e-12, $"tangents, seed {Seed}");
            Close.ToScale(interpreted.Vjp(x, cotangent), reverse, 1e-12, $"adjoints, seed {Seed}");
            // ȳ·(J·t) = (ȳ·J)·t.
            Close.ToScale([cotangent.Zip(forward, static (a, b) => a * b).Sum()], [reverse.Zip(tangent, static (a, b) => a * b).Sum()], 1e-11, $"both directions, seed {Seed}");
            x = [.. x.Select(v => v + 0.01)];
        }
    }

    [Fact]
    public void A_direction_of_zeros_leaves_the_part_behind_it_alone()
    {
        // √ has derivative ∞ at 0, and counts into the second half of the outputs only.
        Real[] Function(Real[] x) => [.. x.Select((v, i) => v * i), .. x.Select(v => Sqrt(v) + v)];
        var x = Points(40);
        x[3] = 0;
        var (compiled, interpreted) = (Traced(Function, x, Engine.Compiled), Traced(Function, x, Engine.Interpreted));
        double[] cotangent = [.. Enumerable.Range(0, 80).Select(k => k < 40 ? 1.0 : 0)], tangent = [.. Enumerable.Range(0, 40).Select(k => k == 3 ? 0.0 : 1)];
        Close.ToScale(interpreted.Vjp(x, cotangent), compiled.Vjp(x, cotangent), 1e-12, $"adjoints, seed {Seed}");
        Close.ToScale(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), 1e-12, $"tangents, seed {Seed}");
        Assert.DoesNotContain(double.NaN, compiled.Vjp(x, cotangent));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_not_finite_stays_where_it_is(double special)
    {
        Real[] Function(Real[] x) => [.. x.Select((v, i) => Exp(v) * x[(i + 1) % x.Length]), Sum([.. x.Take(20).Select(v => v * v * v)])];
        var x = Points(50);
        var (compiled, interpreted) = (Traced(Function, x, Engine.Compiled), Traced(Function, x, Engine.Interpreted));
        x[30] = special;
        double[] cotangent = [.. Enumerable.Range(0, 51).Select(k => 0.5 + k)], tangent = Points(50);
        Close.ToScale(interpreted.Vjp(x, cotangent), compiled.Vjp(x, cotangent), 1e-12, $"adjoints, seed {Seed}");
        Close.ToScale(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), 1e-12, $"tangents, seed {Seed}");
        cotangent[7] = special;
        tangent[7] = special;
        Close.ToScale(interpreted.Vjp(x, cotangent), compiled.Vjp(x, cotangent), 1e-12, $"adjoints, seed {Seed}");
        Close.ToScale(interpreted.Jvp(x, tangent), compiled.Jvp(x, tangent), 1e-12, $"tangents, seed {Seed}");
    }

    [Fact]
    public void Where_a_guard_flips_the_code_is_traced_again()
    {
        Real[] Function(Real[] x) => [.. x.Select(v => x[0] > 0 ? v * v : Sin(v))];
        var x = Points(30);
        var (compiled, interpreted) = (Traced(Function, x, Engine.Compiled), Traced(Function, x, Engine.Interpreted));
        foreach (var first in (double[])[1, -1, 2])
        {
            x[0] = first;
            Close.ToScale(interpreted.Vjp(x, x), compiled.Vjp(x, x), 1e-12, $"adjoints, seed {Seed}");
            Close.ToScale(interpreted.Jvp(x, x), compiled.Jvp(x, x), 1e-12, $"tangents, seed {Seed}");
        }
    }

    [Fact]
    public void Compiled_products_allocate_nothing()
    {
        var (function, x) = All["stencil"];
        var (compiled, workspace) = (Traced(function, x, Engine.Compiled), new Workspace());
        var result = new double[x.Length];
        Run();
        Allocations.AssertNone(Run);

        void Run()
        {
            compiled.Vjp(x, x, result, workspace);
            compiled.Jvp(x, x, result, workspace);
        }
    }

    [Fact]
    public void Lengths_are_checked_before_anything_is_computed()
    {
        var f = Traced(x => [x[0] * x[1], x[0]], [1.0, 2.0], Engine.Compiled);
        Assert.Throws<HybridAdArgumentException>(() => f.Vjp([1.0, 2.0], [1.0]));
        Assert.Throws<HybridAdArgumentException>(() => f.Jvp([1.0, 2.0], [1.0]));
        Assert.Throws<HybridAdArgumentException>(() => f.Vjp([1.0], [1.0, 2.0]));
        Assert.Throws<HybridAdArgumentException>(() => f.Vjp([1.0, 2.0], [1.0, 1.0], new double[3]));
        Assert.Throws<HybridAdArgumentException>(() => f.ValueAndVjp([1.0, 2.0], [1.0, 1.0], new double[1], new double[2]));
    }

    private static TracedFunction Traced(Func<Real[], Real[]> function, double[] x, Engine engine) => AD.Trace(function, x, new TracingOptions { Engine = engine });
}
