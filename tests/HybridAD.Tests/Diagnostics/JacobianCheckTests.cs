using HybridAD.Diagnostics;
using static HybridAD.Real;

namespace HybridAD.Tests.Diagnostics;

/// <summary>A check finds what is wrong and accuses nothing that is right.</summary>
public class JacobianCheckTests
{
    private static CheckReport Check(double[] x, Func<Real[], Real[]> function) => JacobianCheck.Run(AD.Trace(function, x), x);

    private static CheckedMethod Differences(CheckReport report) => report.Methods.Single(method => method.Name == "finite differences");

    [Fact]
    public void EveryMethodAgreesOnASmoothFunction()
    {
        var report = Check([0.3, 2, -1.5], x => [Sin(x[0] * x[1]) / x[2], Exp(x[0]) + Pow(x[1], x[2]), x[0] * x[1] * x[2]]);
        Assert.True(report.Agrees);
        Assert.Equal(["values", "forward", "reverse", "hybrid", "finite differences"], report.Methods.Select(method => method.Name));
        Assert.Equal([3, 9, 9, 9, 9], report.Methods.Select(method => (int)method.Compared));
        Assert.All(report.Methods, method => Assert.Empty(method.NotChecked));
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void AWrongEntryIsFoundByEveryMethod(double error)
    {
        double[] x = [0.3, 2];
        var function = AD.Trace(v => [Sin(v[0] * v[1]), v[0] * v[1]], x);
        var wrong = function.SparseJacobian(x);
        wrong.Values[1] *= 1 + error;
        var report = JacobianCheck.Run(function, x, wrong);
        Assert.False(report.Agrees);
        Assert.Equal(["forward", "reverse", "hybrid", "finite differences"], report.Differences.Select(difference => difference.Method));
        Assert.All(report.Differences, difference => Assert.Equal((0, 1, wrong.Values[1]), (difference.Row, difference.Column, difference.Planned)));
        Assert.Equal(0.3 * Math.Cos(0.6), report.Differences[^1].Other, 6);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1e-3, false)]
    public void WhatRoundingErrorsOfValuesMakeOfDerivativesIsNotAccused(double error, bool agrees)
    {
        // 1 − sin² x is 1e-10 here, and of its digits six are true.
        double[] x = [Math.PI / 2 - 1e-5];
        var function = AD.Trace(v => [Sqrt(1 - Sin(v[0]) * Sin(v[0]))], x);
        var exact = new CsrMatrix(function.JacobianPattern, [-Math.Sin(x[0]) * (1 + error)]);
        Assert.Equal(agrees, JacobianCheck.Run(function, x, exact).Agrees);
    }

    [Fact]
    public void AForgottenEntryIsFound()
    {
        double[] x = [0.3, 2];
        var function = AD.Trace(v => [v[0] + Exp(v[1])], x);
        var pattern = new SparsityPattern(1, 2, [0, 1], [0]);
        var report = JacobianCheck.Run(function, x, new CsrMatrix(pattern, [1]));
        Assert.Contains(report.Differences, difference => difference is { Method: "finite differences", Column: 1, Planned: 0 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-9)]
    [InlineData(-1e-14)]
    public void DerivativesNearAKinkAreNotAccused(double distance)
    {
        var report = Check([1 + distance, 1], x => [Abs(x[0] - 1), Max(x[0], x[1]), Where(Less(x[0], 1), x[0], 2 * x[0])]);
        Assert.True(report.Agrees);
    }

    [Fact]
    public void AKinkHitExactlyIsSaidNotToBeChecked()
    {
        var method = Differences(Check([0, 5], x => [Abs(x[0]) + x[1]]));
        Assert.Equal(1, method.Compared);
        Assert.Equal(1, method.NotChecked["a kink, a jump or another branch is too near"]);
    }

    [Fact]
    public void StepsOutOfTheDomainAreNotUsed()
    {
        var report = Check([1e-12, 1 - 1e-9], x => [Log(x[0]), Acos(x[1]), Sqrt(x[0])]);
        Assert.True(report.Agrees);
    }

    [Fact]
    public void FastOscillationsAreNotAccused()
    {
        // Steps of a thousandth of the input cover many periods.
        Assert.True(Check([1e7], x => [Sin(x[0])]).Agrees);
        Assert.True(Check([1e19], x => [Sin(x[0])]).Agrees);
        Assert.True(Check([1], x => [Sin(1e6 * x[0])]).Agrees);
    }

    [Fact]
    public void NonFiniteEntriesAreSaidNotToBeChecked()
    {
        var report = Check([-1, 0], x => [Log(x[0]), Sqrt(x[1]), x[0] * x[1]]);
        Assert.True(report.Agrees);
        Assert.Equal(2, Differences(report).NotChecked.Values.Sum());
        Assert.Equal(2, Differences(report).Compared);
    }

    [Fact]
    public void LargeFunctionsAreSampledAndTheReportSaysSo()
    {
        var x = Enumerable.Range(0, 200).Select(k => 1.0 + k).ToArray();
        var function = AD.Trace(v => [v.Aggregate((a, b) => a * 0.5 + Sin(b))], x);
        var report = JacobianCheck.Run(function, x, new JacobianCheckOptions { Columns = 7, Seed = 3 });
        Assert.True(report.Agrees);
        Assert.Equal(7, Differences(report).Compared);
        Assert.Equal("7 of 200 columns, drawn with seed 3", Differences(report).Sample);
    }
}
