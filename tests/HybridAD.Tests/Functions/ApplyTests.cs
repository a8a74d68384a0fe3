using HybridAD.Errors;
using HybridAD.Primitives;
using HybridAD.Simplification;
using HybridAD.Tests.Support;
using HybridAD.Tracing;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>Recorded functions that are called in recordings.</summary>
public sealed class ApplyTests
{
    private const int Count = 400;

    private static readonly TracingOptions AsIs = new() { Engine = Engine.Interpreted, Simplification = SimplificationOptions.None };

    private static readonly TracingOptions Interpreted = new() { Engine = Engine.Interpreted };

    [Fact]
    public void Random_functions_have_the_same_bits_recorded_passive_and_while_recording()
    {
        var used = new HashSet<byte>();
        for (var seed = 1; seed <= Count; seed++)
        {
            var trace = RandomTraces.Create(seed, guards: false);
            used.UnionWith(trace.Operations.ToArray());
            var inner = new TracedFunction(trace, Interpreted);
            var x = RandomTraces.Point(new Random(seed), trace.InputCount);
            var expected = Bits(inner.Value(x));
            Assert.Equal(expected, Bits(AD.Trace(inputs => inner.Apply(inputs), x, AsIs).Value(x)));
            Assert.Equal(expected, Bits([.. inner.Apply([.. x.Select(static number => (Real)number)]).Select(static y => y.Value)]));
            AD.Trace(inputs =>
            {
                // Half of the inputs active, with values that are known or not.
                _ = seed % 2 == 0 ? inputs[0].Value : 0;
                var outputs = inner.Apply([.. inputs.Select((input, k) => k % 2 == 0 ? input : x[k])]);
                Assert.Equal(expected, Bits([.. outputs.Select(static y => y.Value)]));
                return outputs;
            }, x);
        }
        Assert.All(Primitive.All, primitive => Assert.Contains(primitive.Code, used));
    }

    [Fact]
    public void Derivatives_go_through_a_derivative()
    {
        // x₀ · ∂/∂y (y³ x₁) at y = x₀ x₁ is 3 x₀³ x₁³.
        var gradient = AD.Trace(x => x[0] * x[0] * x[0] * x[1], [1.0, 1.0]).GradientFunction();
        var f = AD.Trace(x => x[0] * gradient.Apply([x[0] * x[1], x[1]])[0], [1.0, 1.0]);
        Assert.Equal([3 * 8.0 * 27], f.Value([2.0, 3.0]));
        Assert.Equal([9 * 4.0 * 27, 9 * 8.0 * 9], f.Gradient([2.0, 3.0]));
        Assert.Equal(new[,] { { 18 * 2.0 * 27, 27 * 4.0 * 9 }, { 27 * 4.0 * 9, 18 * 8.0 * 3 } }, f.Hessian([2.0, 3.0]));
    }

    [Fact]
    public void Passive_numbers_are_computed_and_not_recorded()
    {
        var inner = AD.Trace(x => [Exp(x[0]) * Sin(x[0]), x[1] + Exp(x[0]), 3.0], [1.0, 2.0]);
        Assert.All(inner.Apply([1.0, 2.0]), static y => Assert.False(y.IsActive));
        var outer = AD.Trace(x =>
        {
            var y = inner.Apply([1.0, x[0]]);
            Assert.Equal([false, true, false], y.Select(static number => number.IsActive));
            Assert.Equal([Math.E * Math.Sin(1), 3], [y[0].Value, y[2].Value]);
            return [y[1]];
        }, [2.0]);
        Assert.Equal(1, outer.Trace.OperationCount);
        Assert.Equal([2 + Math.E], outer.Value([2.0]));
    }

    private static Real[] Branching(Real[] x) => x[0] < x[1] ? [x[0] * x[0]] : [x[0] * x[1]];

    [Fact]
    public void Guards_become_guards_and_another_branch_is_recorded()
    {
        var inner = AD.Trace(Branching, [1.0, 2.0]);
        var outer = AD.Trace(x => inner.Apply([2 * x[0], x[1]]), [1.0, 5.0]);
        Assert.Equal(1, outer.Trace.Guards.Length);
        Assert.Equal([4.0, 0.0], outer.Gradient([0.5, 5.0]));
        Assert.Single(inner.Traces);
        Assert.Equal([10.0, 6.0], outer.Gradient([3.0, 5.0]));
        Assert.Equal((2, 2), (inner.Traces.Count, outer.Traces.Count));
        Assert.Equal([8.0, 0.0], outer.Gradient([1.0, 5.0]));
        // Recorded first where the inner function was not.
        Assert.Equal([6.0, 8.0], AD.Trace(x => inner.Apply(x)[0] * 2, [3.0, 1.0]).Gradient([4.0, 3.0]));
        Assert.Equal(2, inner.Traces.Count);
    }

    [Fact]
    public void A_branch_of_passive_numbers_is_no_guard()
    {
        var inner = AD.Trace(x => x[0] < 2 ? x[1] : x[1] * x[1], [1.0, 2.0]);
        Assert.Equal([8.0], AD.Trace(x => inner.Apply([3.0, x[0]])[0], [1.0]).Gradient([4.0]));
        Assert.Equal(0, AD.Trace(x => inner.Apply([3.0, x[0]])[0], [1.0]).Trace.Guards.Length);
    }

    [Fact]
    public void Ignored_guards_are_none_and_those_that_throw_do()
    {
        var ignoring = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
        var outer = AD.Trace(x => ignoring.Apply(x), [3.0, 2.0]);
        Assert.Equal(0, outer.Trace.Guards.Length);
        Assert.Equal([9.0], outer.Value([3.0, 2.0]));
        var throwing = AD.Trace(Branching, [1.0, 2.0], new TracingOptions { OnGuardFlip = GuardPolicy.Throw });
        Assert.Equal(
            "At this point the traced code takes another branch: guard 0, lt(3, 2) at node 2, is 0 but was 1 when traced. "
            + "Trace with GuardPolicy.Retrace, or replace the branch by Real.Where. [HAD2004]",
            Assert.Throws<HybridAdException>(() => AD.Trace(x => throwing.Apply(x), [3.0, 2.0])).Message);
    }

    [Fact]
    public void Without_guards_no_value_is_asked_for()
    {
        var inner = AD.Trace(x => Max(x[0], x[1]), [1.0, 2.0]);
        var tape = new Tape([1, 2]);
        var y = inner.Apply([tape.Input(0), tape.Input(1)]);
        Assert.False(tape.KnowsValues);
        Assert.Equal(2, y[0].Value);
        tape.Abandon();
    }

    [Fact]
    public void Calls_with_too_few_numbers_or_those_of_two_recordings_or_of_none_are_refused()
    {
        var inner = AD.Trace(x => x[0] * x[1], [1.0, 2.0]);
        var length = Assert.Throws<HybridAdArgumentException>(() => inner.Apply([1.0]));
        Assert.StartsWith("'x' has 1 elements but 2 are needed (one number per input). [HAD1001]", length.Message, StringComparison.Ordinal);
        var (first, second) = (new Tape([1]), new Tape([1]));
        Assert.Equal(ErrorCodes.MixedTraces, Assert.Throws<HybridAdException>(() => inner.Apply([first.Input(0), second.Input(0)])).Code);
        var kept = second.Input(0);
        second.Abandon();
        Assert.Equal(ErrorCodes.ClosedTrace, Assert.Throws<HybridAdException>(() => inner.Apply([first.Input(0), kept])).Code);
        first.Abandon();
    }

    [Fact]
    public void Functions_without_inputs_or_outputs_can_be_called()
    {
        Assert.Equal([3.0], AD.Trace(x => [(Real)3.0], []).Apply([]).Select(static y => y.Value));
        Assert.Empty(AD.Trace(x => Array.Empty<Real>(), [1.0]).Apply([1.0]));
    }

    /// <summary>Bits of numbers; of NaN there is one.</summary>
    private static long[] Bits(double[] numbers) => Array.ConvertAll(numbers, static number => BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number));
}
