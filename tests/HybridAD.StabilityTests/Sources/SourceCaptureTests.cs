using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Tracing;

namespace HybridAD.StabilityTests.Sources;

/// <summary>With source capture every recorded operation knows the line of C# that performed it.</summary>
public class SourceCaptureTests
{
    private const string File = nameof(SourceCaptureTests) + ".cs";

    private static readonly TracingOptions Capture = new() { CaptureSource = true };

    [Fact]
    public void Each_operation_of_a_lambda_has_its_line()
    {
        var first = Line();
        var f = AD.Trace(
            x =>
            {
                var sum = x[0] + x[1];
                var product = sum * 3.0;
                return Real.Sqrt(product);
            },
            [2.0, 1.0], Capture);
        // Inputs, +, the literal 3 and *, sqrt.
        Assert.Equal([null, null, first + 4, first + 5, first + 5, first + 6], LinesOf(f.Program.Sources!, f.Trace));
        Assert.Equal($"{File}:{first + 4}", f.Program.Sources!.Of(2));
    }

    [Fact]
    public void Operations_on_several_lines_of_one_statement_are_told_apart()
    {
        var first = Line();
        var f = AD.Trace(
            x => Real.Exp(x[0])
                - Real.Cos(
                    x[0]),
            [0.5], Capture);
        var lines = LinesOf(f.Program.Sources!, f.Trace);
        Assert.All(lines[1..], line => Assert.InRange(line!.Value, first + 2, first + 4));
    }

    [Fact]
    public void Locals_that_the_compiler_keeps_on_the_evaluation_stack_have_lines_of_their_own()
    {
        var first = Line();
        static Real Root(Real[] p)
        {
            var (a, b, c) = (p[0], p[1], p[2]);
            var root = Real.Sqrt(b * b - 4 * a * c);
            var numerator = root - b;
            return numerator / (2 * a);
        }

        var f = AD.Trace(Root, [1.1, 3.0, 1.3], Capture);
        // b*b, 4, 4*a, …*c, −, sqrt; root − b; 2, 2*a, /.
        Assert.Equal([null, null, null, .. Enumerable.Repeat<int?>(first + 4, 6), first + 5, .. Enumerable.Repeat<int?>(first + 6, 3)], LinesOf(f.Program.Sources!, f.Trace));
    }

    [Fact]
    public void Lines_stay_right_when_code_has_been_optimised_meanwhile()
    {
        var first = Line();
        static Real Step(Real[] p)
        {
            var (a, b) = (p[0], p[1]);
            var product = a * b;
            var difference = product - a;
            return difference / b;
        }

        for (var round = 0; round < 300; round++)
        {
            var f = AD.Trace(Step, [1.1, 3.0], Capture);
            Assert.All(LinesOf(f.Program.Sources!, f.Trace)[2..], line => Assert.InRange(line!.Value, first + 4, first + 6));
            if (round % 100 == 0)
                Thread.Sleep(120);
        }
    }

    [Fact]
    public void Generic_math_has_the_lines_of_the_generic_code()
    {
        var f = AD.Trace<Cancelling>([1e-4], Capture);
        Assert.Equal([null, Cancelling.CosineLine, Cancelling.DifferenceLine, Cancelling.DifferenceLine], LinesOf(f.Program.Sources!, f.Trace));
    }

    [Fact]
    public void A_helper_has_the_line_inside_it_and_the_line_that_called_it()
    {
        var first = Line();
        var f = AD.Trace(
            x =>
            {
                var a = Difference(x[0], x[1]);
                return a * Difference(x[1], x[0]);
            },
            [2.0, 1.0], Capture);
        var sources = (CapturedSources)f.Program.Sources!;
        Assert.Equal([null, null, DifferenceLine, DifferenceLine, first + 5], LinesOf(sources, f.Trace));
        Assert.Equal([first + 4, first + 5], [sources.LocationOf(2)!.Caller!.Line, sources.LocationOf(3)!.Caller!.Line]);
        Assert.Null(sources.LocationOf(4)!.Caller);
        Assert.EndsWith("Difference", sources.LocationOf(2)!.Method, StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(sources.LocationOf(2)!.Path) || sources.LocationOf(2)!.Path!.StartsWith("/_", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_framework_calls_back_has_the_line_of_the_user()
    {
        var first = Line();
        var f = AD.Trace(
            x => x.Aggregate((a, b) =>
                a * b),
            [2.0, 1.0, 3.0], Capture);
        Assert.Equal([null, null, null, first + 3, first + 3], LinesOf(f.Program.Sources!, f.Trace));
    }

    [Fact]
    public void Comparisons_that_decide_have_lines_also_after_the_guard_has_flipped()
    {
        var comparison = 0;
        Real Branching(Real[] x)
        {
            comparison = Line() + 1;
            if (x[0] < 1.0)
                return x[0];
            return x[0] * 2.0;
        }

        var f = AD.Trace(Branching, [2.0], Capture);
        f.Value([0.5]);
        var sources = (CapturedSources)f.Program.Sources!;
        Assert.Equal(comparison, sources.LocationOf(f.Trace.Guards[0].Node)!.Line);
        Assert.Equal(2, f.Traces.Count);
    }

    [Fact]
    public void Every_operation_of_a_long_loop_is_on_one_of_its_lines()
    {
        var first = Line();
        var f = AD.Trace(
            x =>
            {
                var y = x[0];
                for (var k = 0; k < 3000; k++)
                    y = 0.5 * y + x[1];
                return y;
            },
            [2.0, 1.0], Capture);
        Assert.Equal(3000 * 3, f.Trace.NodeCount - 2);
        Assert.All(LinesOf(f.Program.Sources!, f.Trace)[2..], line => Assert.Equal(first + 6, line));
    }

    [Fact]
    public void The_trace_is_the_same_with_and_without_capture()
    {
        static Real[] Function(Real[] x) =>
            [Real.Where(Real.Less(x[0], x[1]), x[0] / 3, 1.5), Real.Clamp(x[0], -1, 1), Real.Round(x[1], 3), Real.Cast(x[0], Rounding.NumberFormat.Binary32), 7.0];
        Assert.Equal(AD.Trace(Function, [2.0, 1.0]).Trace.Hash, AD.Trace(Function, [2.0, 1.0], Capture).Trace.Hash);
    }

    [Fact]
    public void Nothing_is_captured_unless_it_is_asked_for() => Assert.Null(AD.Trace(x => x[0] * x[0], [2.0]).Program.Sources);

    [Fact]
    public void A_tape_that_captured_gives_its_memory_back_for_one_that_does_not()
    {
        for (var round = 0; round < 3; round++)
        {
            var tape = new Tape([2.0], captureSource: round == 1);
            var y = tape.Input(0);
            for (var k = 0; k < 1000; k++)
                y *= y;
            Assert.Equal(1001, tape.Finish([y]).NodeCount);
        }
    }

    [Fact]
    public void A_number_of_a_captured_trace_is_refused_after_its_end()
    {
        var tape = new Tape([2.0], captureSource: true);
        var x = tape.Input(0);
        tape.Finish([x]);
        Assert.Equal("HAD2002", Assert.Throws<HybridAdException>(() => x * x).Code);
    }

    private static readonly int DifferenceLine = Line() + 3;

    private static Real Difference(Real a, Real b) =>
        a - b;

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static int?[] LinesOf(Rounding.INodeSources sources, Trace trace) =>
        [.. Enumerable.Range(0, trace.NodeCount).Select(node => ((CapturedSources)sources).LocationOf(node)?.Line)];

    private readonly struct Cancelling : IModel
    {
        public static readonly int CosineLine = Line() + 6;
        public static readonly int DifferenceLine = CosineLine + 1;

        public static T[] Evaluate<T>(ReadOnlySpan<T> x)
            where T : System.Numerics.IFloatingPointIeee754<T>
        {
            var cosine = T.Cos(x[0]);
            return [T.One - cosine];
        }
    }
}
