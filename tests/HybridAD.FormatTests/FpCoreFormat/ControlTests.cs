using HybridAD.Formats.FpCore;
using HybridAD.Graph;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Branches, loops, contexts, and what of them is in the trace.</summary>
public class ControlTests
{
    [Fact]
    public void CountingCostsTheTraceNothing()
    {
        var program = SupportedCore.Of("(FPCore (x) (while (< i 100) ([s 0 (+ s x)] [i 0 (+ i 1)]) s))").TraceAt([0.1]);
        Assert.Equal(100, program.Trace.OperationCount);
        Assert.Equal(102, program.Trace.NodeCount);
        Assert.Empty(program.Trace.Guards.ToArray());
        Assert.Equal(100, program.Stages!.Count);
        Assert.Equal(1, program.Stages[0]);
    }

    [Fact]
    public void ACounterThatIsNotExactIsGuarded()
    {
        // Ten steps of 0.1 are less than 1: rounding decides how often the loop runs, so that the decisions must be seen.
        var program = SupportedCore.Of("(FPCore (x) (while (< t 1) ([s x (* s x)] [t 0 (+ t 0.1)]) s))").Trace();
        Assert.Equal(11, program.Stages!.Count);
        Assert.Equal(11, program.Trace.Guards.Length);
        Assert.All(program.Trace.Guards.ToArray(), guard => Assert.Equal(Op.Less, program.Trace.Operations[guard.Node]));
    }

    [Fact]
    public void ADecisionOnAnInputIsGuardedAndOnlyWhatIsNeededIsEvaluated()
    {
        var core = SupportedCore.Of("(FPCore (x y) (if (and (< x 0) (< y (sqrt x))) x y))");
        Assert.Equal([new Guard(2 + 1, 0)], core.TraceAt([1, 2]).Trace.Guards.ToArray());
        Assert.Equal(2, core.TraceAt([-1, 2]).Trace.Guards.Length);
        var select = core.Trace().Trace;
        Assert.Empty(select.Guards.ToArray());
        Assert.Equal(Op.Select, select.Operations[select.Outputs[0]]);
    }

    [Fact]
    public void AnOperationInANarrowContextIsRoundedOnce()
    {
        var trace = SupportedCore.Of("(FPCore (x y) :precision binary32 (- (fmin (+ x y) x)))").TraceAt([1, 2]).Trace;
        Assert.Equal([Op.Add, Op.Cast, Op.Min, Op.Neg], trace.Operations[2..].ToArray());
        var mixed = SupportedCore.Of("(FPCore (x) (+ x (! :precision binary32 (* (cast x) (- x)))))").TraceAt([0.1]).Trace;
        Assert.Equal([Op.Cast, Op.Neg, Op.Cast, Op.Mul, Op.Cast, Op.Add], mixed.Operations[1..].ToArray());
        Assert.Equal([24, 127], mixed.ParametersOf(1).ToArray());
    }

    [Fact]
    public void AnAnnotationWithoutAnOperationRoundsNothing()
    {
        var trace = SupportedCore.Of("(FPCore (x) (! :precision binary32 x))").TraceAt([0.1]).Trace;
        Assert.Equal(1, trace.NodeCount);
    }

    [Fact]
    public void PowersStayPowers()
    {
        var trace = SupportedCore.Of("(FPCore (x) (* 2 (pow x 2)))").TraceAt([3]).Trace;
        Assert.Equal([Op.Pow, Op.Mul], trace.Operations[1..].ToArray().Where(operation => operation > Op.Constant));
    }

    [Theory]
    [InlineData("(copysign x -0.0)", 2, -2)]
    [InlineData("(copysign 3 x)", -5, -3)]
    [InlineData("(copysign 3 x)", double.NegativeInfinity, -3)]
    [InlineData("(fdim 5 x)", 2, 3)]
    [InlineData("(fdim x 5)", 2, 0)]
    [InlineData("(round x)", 2.5, 3)]
    [InlineData("(round x)", -2.5, -3)]
    [InlineData("(nearbyint x)", 2.5, 2)]
    [InlineData("(trunc x)", -2.5, -2)]
    [InlineData("(fmod x 3)", -7, -1)]
    [InlineData("(exp2 x)", 3, 8)]
    [InlineData("(fma x x 1)", 3, 10)]
    [InlineData("(hypot x 4)", 3, 5)]
    [InlineData("(+ x 1 x 2)", 3, 9)]
    [InlineData("(if (isnan (/ (- x x) 0)) 1 2)", 3, 1)]
    [InlineData("(if (isfinite x) 1 2)", 3, 1)]
    [InlineData("(if (isinf (/ x 0)) 1 2)", 3, 1)]
    [InlineData("(if (isnormal (* x 1e-320)) 1 2)", 1, 2)]
    [InlineData("(if (signbit (- 0 (* 0 x))) 1 2)", 3, 2)]
    [InlineData("(if (signbit (* 0 x)) 1 2)", -3, 1)]
    [InlineData("(! :precision binary32 :round nearestEven (+ x 1e-9))", 1, 1)]
    public void OperatorsComputeWhatTheyMean(string expression, double x, double expected)
    {
        var core = SupportedCore.Of($"(FPCore (x) {expression})");
        foreach (var trace in new[] { core.TraceAt([x]).Trace, core.Trace().Trace })
            Assert.Equal(expected, TraceValues.Of(trace, [x])[trace.Outputs[0]]);
    }

    [Fact]
    public void ALoopWithoutEndIsStopped()
    {
        foreach (var text in new[] { "(FPCore spin (x) (while TRUE ([i 0 i]) x))", "(FPCore spin (x) (while (< 0 i) ([i 1 (+ i x)]) x))" })
            Assert.Equal("spin: more than 1000 operations; does a loop never end? Raise MaxOperations if it is only long [HAD7003]",
                Assert.Throws<FpCoreException>(() => SupportedCore.Of(text).TraceAt([1], new FpTraceOptions { MaxOperations = 1000 })).Message);
    }

    [Fact]
    public void ALoopThatDependsOnAnInputHasATraceAtPointsOnly()
    {
        var core = SupportedCore.Of("(FPCore steps (x n)\n (while (< i n) ([s 0 (+ s x)] [i 0 (+ i 1)]) s))");
        Assert.Equal("steps: how often the loop at 2:2 runs depends on the inputs, so that there is no one trace for all points; trace it at a point [HAD7004]",
            Assert.Throws<FpCoreException>(() => core.Trace()).Message);
        Assert.Equal(3 + 4, core.TraceAt([1, 3]).Trace.OperationCount);
    }

    [Fact]
    public void ALoopThatDependsOnAnArgumentThatIsKnownIsUnrolled()
    {
        var core = SupportedCore.Of("(FPCore steps (x n)\n (while (< i n) ([s 0 (+ s x)] [i 0 (+ i 1)]) s))");
        var trace = core.Trace(new FpTraceOptions { FixedArguments = [null, 3] }).Trace;
        Assert.Equal((2, 3), (trace.InputCount, trace.OperationCount));
        Assert.Empty(trace.Guards.ToArray());
    }

    [Fact]
    public void NodesKnowTheirTextPlaceAndVariable()
    {
        var program = SupportedCore.Of("(FPCore (x)\n (let ([t (* x 0.1)])\n  (while (< i 2) ([t t (+ t (sqrt t))] [i 0 (+ i 1)])\n   (- t 1))))").TraceAt([4]);
        var told = Enumerable.Range(0, program.Trace.NodeCount)
            .Select(node => $"{program.Sources!.Of(node)}{(program.VariableOf![node] is var variable and >= 0 ? $" = {program.Variables[variable]}" : "")}");
        Assert.Equal(
            ["x at 1:10 = x", "0.1 at 2:16", "(* x 0.1) at 2:11 = t at 2:9", "(sqrt t) at 3:29", "(+ t (sqrt t)) at 3:24 = t at 3:20", "(sqrt t) at 3:29", "(+ t (sqrt t)) at 3:24 = t at 3:20", "1 at 3:50", "(- t 1) at 4:4"],
            told);
    }

    [Fact]
    public void AssignmentsCanHaveNodesOfTheirOwn()
    {
        var core = SupportedCore.Of("(FPCore (a) (let ([x a] [y 0.1] [z 2]) (while (< i 1) ([x x (+ x y)] [i 0 (+ i 1)]) (* x z))))");
        var program = core.TraceAt([3], new FpTraceOptions { ExplicitAssignments = true });
        Assert.Equal(["a", "x at 1:20", "y", "x at 1:57", "x at 1:57", "z"],
            Enumerable.Range(0, program.Trace.NodeCount).Where(node => program.VariableOf![node] >= 0).Select(node => program.Variables[program.VariableOf![node]]));
    }

    [Fact]
    public void AssignmentsCanBeRoundedToAFormatPerVariable()
    {
        var core = SupportedCore.Of("(FPCore (x) (let ([t (* x x)]) (+ t x)))");
        var options = new FpTraceOptions { VariableFormats = [Rounding.NumberFormat.Binary64, Rounding.NumberFormat.Binary32] };
        var trace = core.TraceAt([0.1], options).Trace;
        Assert.Equal((double)(float)(0.1 * 0.1) + 0.1, TraceValues.Of(trace, [0.1])[trace.Outputs[0]]);
    }
}
