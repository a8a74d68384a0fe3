using System.Numerics;
using HybridAD.Errors;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

public sealed class RealErrorTests
{
    private const string Mixed = "An operation mixes active scalars of two traces; their derivatives would be confused. " +
        "Compute the inner derivative with plain numbers, or trace both functions as one. [HAD2001]";

    private const string Closed = "An active scalar was used after the trace it belongs to had ended. " +
        "Do not keep Real values in fields or closures between calls; return them as outputs instead. [HAD2002]";

    [Fact]
    public void Scalars_of_two_traces_do_not_mix()
    {
        var (a, b) = (new Tape([1]).Input(0), new Tape([2]).Input(0));
        foreach (var use in new Func<Real>[] { () => a * b, () => Real.Sum(a, 1, b), () => Real.Where(1, a, b), () => Real.Min(b, a) })
            Assert.Equal((ErrorCodes.MixedTraces, Mixed), Caught(use));
    }

    [Fact]
    public void A_foreign_output_is_refused()
    {
        var (outer, inner) = (new Tape([1]), new Tape([2]));
        Assert.Equal((ErrorCodes.MixedTraces, Mixed), Caught(() => { outer.Finish([inner.Input(0)]); return 0; }));
    }

    [Fact]
    public void A_scalar_does_not_outlive_its_trace()
    {
        var tape = new Tape([1]);
        var x = tape.Input(0);
        tape.Finish([x]);
        // A new trace takes the pooled arrays over; the old scalar must not read from them.
        var fresh = new Tape([2]).Input(0);
        foreach (var use in new Func<Real>[] { () => x * x, () => Real.Sin(x), () => x + 1.0, () => 1.0 - x, () => x * fresh, () => fresh * x,
            () => x.Value, () => Real.Sum(x, 1.0), () => Real.Sum(fresh, x), () => Real.FusedMultiplyAdd(1.0, x, x), () => Real.PiecewiseLinear(x, 1, 2, 1), () => Real.RootN(x, 3),
            () => x < 1.0 ? 1 : 0 })
            Assert.Equal((ErrorCodes.ClosedTrace, Closed), Caught(use));
    }

    [Fact]
    public void Bit_level_members_are_refused_by_name()
    {
        Assert.Equal((ErrorCodes.UnsupportedMember, "Real.BitIncrement works on the bits of a number, which have no derivative. " +
            "Convert to double first if that is meant. [HAD1005]"), Caught(() => Increment<Real>(1)));
        Assert.Equal((ErrorCodes.UnsupportedMember, "Dual.GetExponentByteCount works on the bits of a number, which have no derivative. " +
            "Convert to double first if that is meant. [HAD1005]"), Caught(() => ExponentBytes(Dual.Variable(1))));

        static T Increment<T>(T x) where T : IFloatingPointIeee754<T> => T.BitIncrement(x);
        static int ExponentBytes<T>(T x) where T : IFloatingPointIeee754<T> => x.GetExponentByteCount();
    }

    [Fact]
    public void Arguments_outside_their_range_are_named()
    {
        Assert.Equal("'values' is an empty list; allowed: one number or more. [HAD1004] (Parameter 'values')", Caught(() => Real.MinOf()).Message);
        Assert.Equal("'min' is 2; allowed: up to max, 1. [HAD1004] (Parameter 'min')", Caught(() => Real.Clamp(0, 2, 1)).Message);
        Assert.Equal("'digits' is 16; allowed: 0 … 15. [HAD1004] (Parameter 'digits')", Caught(() => Real.Round(1, 16)).Message);
        Assert.Equal("'parameters' is a list of 2; allowed: an odd number: slope, breakpoint, slope, …, slope. [HAD1004] (Parameter 'parameters')",
            Caught(() => Real.PiecewiseLinear(1, 2, 3)).Message);
        Assert.Equal("'parameters' is 1; allowed: breakpoints above the one before, 2. [HAD1004] (Parameter 'parameters')",
            Caught(() => Real.PiecewiseLinear(1, 1, 2, 1, 1, 1)).Message);
        Assert.Equal("'index' is 1; allowed: 0 … 0. [HAD1004] (Parameter 'index')", Caught(() => new Tape([1]).Input(1)).Message);
    }

    private static (string Code, string Message) Caught<T>(Func<T> use)
    {
        var error = Assert.ThrowsAny<Exception>(() => { _ = use(); });
        return (Assert.IsAssignableFrom<ICodedError>(error).Code, error.Message);
    }
}
