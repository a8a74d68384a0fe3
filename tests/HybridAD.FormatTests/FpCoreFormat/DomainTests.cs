using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Preconditions become boxes and constraints, and points are chosen inside them.</summary>
public class DomainTests
{
    [Theory]
    [InlineData("(<= 1 x 2)", 1, 2)]
    [InlineData("(< -1 x)", -1, double.PositiveInfinity)]
    [InlineData("(>= 3 x)", double.NegativeInfinity, 3)]
    [InlineData("(and (> x 1) (>= 9 x 2) (< x 8) TRUE)", 2, 8)]
    [InlineData("(== x 4)", 4, 4)]
    [InlineData("(let ([a 3] [b (/ 1 4)]) (and (<= (- a) x) (<= x (* 2 b))))", -3, 0.5)]
    [InlineData("(let* ([a 3] [b (* a a)]) (<= 0 x b))", 0, 9)]
    [InlineData("(<= (- 2) x (! :precision binary32 (+ 1 1)))", -2, 2)]
    [InlineData("(<= (digits -5 -1 10) x (* 2 (digits 3 2 2)))", -0.5, 24)]
    [InlineData("(< 0 1 x 2)", 1, 2)]
    public void ComparisonsWithConstantsAreSides(string precondition, double lower, double upper)
    {
        var domain = Core(precondition, "x").Domain;
        Assert.Equal((lower, upper), (domain.Bounds[0].Lower, domain.Bounds[0].Upper));
        Assert.Null(domain.Constraints);
        Assert.Empty(domain.IgnoredConstraints);
    }

    [Fact]
    public void BoundsThatAreNoDoublesAreRoundedOutward()
    {
        var side = Core("(<= 0.1 x PI)", "x").Domain.Bounds[0];
        Assert.Equal((Math.BitDecrement(0.1), Math.BitIncrement(Math.PI)), (side.Lower, side.Upper));
        side = Core("(<= (/ -1 3) x 1.001)", "x").Domain.Bounds[0];
        Assert.Equal((Math.BitDecrement(-1.0 / 3), Math.BitIncrement(1.001)), (side.Lower, side.Upper));
    }

    [Fact]
    public void NumbersThatGrowWithEveryProductAreEnclosed()
    {
        var squares = string.Concat(Enumerable.Range(1, 40).Select(static k => $"[a{k} (* a{k - 1} a{k - 1})] "));
        var side = Core($"(let* ([a0 (+ 1 1e-4000)] {squares}) (<= 0 x a40))", "x").Domain.Bounds[0];
        Assert.Equal(0, side.Lower);
        // The enclosure doubles as well, from an ulp on.
        Assert.InRange(side.Upper, 1, 1.001);
    }

    [Fact]
    public void OtherComparisonsAreConstraintsThatAreNotNegativeWhereTheyHold()
    {
        var domain = Core("(and (<= 1 x y 4) (let ([a 2] [s (+ x y)]) (and (> (* a x) s) (== x (- s y)))))", "x", "y").Domain;
        Assert.Equal([(1, double.PositiveInfinity), (double.NegativeInfinity, 4)], domain.Bounds.Select(side => (side.Lower, side.Upper)));
        var values = TraceValues.Of(domain.Constraints!, [2, 3]);
        Assert.Equal([3 - 2, 2 * 2 - 5, 0, 0], domain.Constraints!.Outputs.ToArray().Select(node => values[node]));
    }

    [Fact]
    public void WhatIsNoComparisonIsSaidToBeIgnored()
    {
        var domain = Core("(and (<= 0 x 1) (or (< x 0.2) (> x 0.8)) (not (== x 1)) (!= x 0))", "x").Domain;
        Assert.Equal(["(or (< x 0.2) (> x 0.8)) at 1:34", "(not (== x 1)) at 1:59", "(!= x 0) at 1:74"], domain.IgnoredConstraints);
    }

    [Fact]
    public void AnExampleFixesAnArgumentWithoutBoundsAndIsTheDefaultOfOthers()
    {
        var core = FpCoreReader.Parse("(FPCore (x n m) :pre (<= 0 x 9) :example ([n 1000] (x 1/2)) (+ (+ x n) m))", "in").Cores[0];
        Assert.Equal((1000, 1000), (core.Domain.Bounds[1].Lower, core.Domain.Bounds[1].Upper));
        Assert.Equal((0, 9), (core.Domain.Bounds[0].Lower, core.Domain.Bounds[0].Upper));
        Assert.Equal(double.NegativeInfinity, core.Domain.Bounds[2].Lower);
        Assert.Equal([0.5, 1000, 1], core.Point);
        Assert.Equal([0.5, 1000, 1], core.Trace().Trace.Point);
    }

    [Fact]
    public void TheDefaultPointMeetsThePrecondition()
    {
        var core = Core("(and (<= -1 x 1) (<= -1 y 1) (> (* x y) 0.25))", "x", "y");
        Assert.True(core.MeetsPrecondition([.. core.Point]));
        Assert.Equal([3.0], Core("(<= 3 x)", "x").Point.Select(x => x / 2));
    }

    [Theory]
    [InlineData("(and (<= 0 x 1e6) (< 1 y 2) (< x (* 1000 y)))")]
    [InlineData("(and (<= 0.1 x 0.3) (== y 2))")]
    [InlineData("(< x y)")]
    [InlineData("(and (< -1 x 1) (< 0 y) (or (< x 0) (> y 5)))")]
    public void SamplesMeetThePreconditionAndDependOnTheSeedAlone(string precondition)
    {
        var core = Core(precondition, "x", "y");
        var sample = core.SamplePoints(200, seed: 5);
        Assert.Null(sample.Remark);
        Assert.Equal(200, sample.Points.Count);
        Assert.All(sample.Points, x => Assert.True(core.MeetsPrecondition(x) && core.Domain.Bounds[0].Contains(x[0]) && core.Domain.Bounds[1].Contains(x[1])));
        Assert.Equal(sample.Points, core.SamplePoints(200, seed: 5).Points);
        Assert.NotEqual(sample.Points, core.SamplePoints(200, seed: 6).Points);
    }

    [Fact]
    public void SamplesReachTheEndsAndSpreadOverMagnitudes()
    {
        var points = Core("(<= 1e-3 x 1e6)", "x").SamplePoints(400, seed: 1).Points.Select(x => x[0]).ToList();
        Assert.Contains(points, x => x == 1e6 || x == Math.BitDecrement(1e6));
        Assert.InRange(points.Count(x => x < 1), 30, 200);
        Assert.InRange(points.Count(x => x > 1e5), 100, 350);
    }

    [Fact]
    public void SamplesAreNumbersOfTheFormat()
    {
        var core = FpCoreReader.Parse("(FPCore (x) :precision binary32 :pre (<= 0.1 x 0.3) x)", "in").Cores[0];
        Assert.All(core.SamplePoints(100, seed: 1).Points, x => Assert.Equal((float)x[0], x[0]));
    }

    [Fact]
    public void ADomainWithHardlyAnyPointSaysSo()
    {
        var sample = Core("(and (<= 0 x 1) (== (* x x) 0.3))", "x").SamplePoints(10, seed: 1);
        Assert.Empty(sample.Points);
        Assert.Equal("only 0 of 2000 candidates meet the precondition of core 1", sample.Remark);
    }

    private static FpCore Core(string precondition, params string[] arguments)
    {
        var core = FpCoreReader.Parse($"(FPCore ({string.Join(' ', arguments)}) :pre {precondition} 1)", "in").Cores.Single();
        Assert.Equal("ok", core.Status);
        return core;
    }
}
