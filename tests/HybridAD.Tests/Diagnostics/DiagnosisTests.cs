using HybridAD.Diagnostics;
using HybridAD.Errors;
using static HybridAD.Real;

namespace HybridAD.Tests.Diagnostics;

/// <summary>A diagnosis names the row, the operation and its operands.</summary>
public class DiagnosisTests
{
    private static Diagnosis At(double[] x, Func<Real[], Real[]> function) => Diagnosis.Of(AD.Trace(function, x).Trace, x);

    [Fact]
    public void NaNIsFollowedToTheOperationThatMadeIt()
    {
        var found = Assert.Single(At([-3.2, 1], x => [x[1] + 2 * Log(x[0]), x[1]]).NonFiniteValues);
        Assert.Equal(0, found.Row);
        Assert.Equal(double.NaN, found.Value);
        Assert.Equal("log(-3.2) at node 2", found.Origin.ToString());
    }

    [Fact]
    public void InfinityIsFollowedToTheOperationThatMadeIt()
    {
        // ∞ − ∞: the subtraction made the NaN, but the exponentials are the cause.
        var found = Assert.Single(At([1000, 2], x => [Exp(x[0]) - Exp(x[0] + x[1])]).NonFiniteValues);
        Assert.Equal("exp(1000) at node 2", found.Origin.ToString());
    }

    [Fact]
    public void ADerivativeMayBeInfiniteWhereTheValueIsFinite()
    {
        var diagnosis = At([0, 1], x => [x[1] * Sqrt(x[0]), x[1]]);
        Assert.Empty(diagnosis.NonFiniteValues);
        var found = Assert.Single(diagnosis.NonFiniteDerivatives);
        Assert.Equal((0, 1), (found.Row, found.Count));
        Assert.Equal(0, Assert.Single(found.Columns));
        Assert.Equal("sqrt(0) at node 2", Assert.Single(found.Origins).ToString());
    }

    [Fact]
    public void EveryRowNamesTheCauseHoweverManyShareIt()
    {
        const int rows = 3000;
        // A chain that is long as well as shared: searched for every row anew, it would be more than anybody waits for.
        var trace = AD.Trace(x =>
        {
            var shared = Log(x[0]);
            for (var k = 0; k < 40_000; k++)
                shared = Sin(shared);
            return [.. Enumerable.Range(0, rows).Select(row => shared + row)];
        }, [-0.5]).Trace;
        var pattern = new SparsityPattern(rows, 1, [.. Enumerable.Range(0, rows + 1)], new int[rows]);
        var nan = Enumerable.Repeat(double.NaN, rows).ToArray();
        var (values, derivatives) = Diagnosis.NonFinite(trace, [-0.5], nan, new CsrMatrix(pattern, nan));
        Assert.Equal(rows, values.Length);
        Assert.All(values, found => Assert.Equal("log(-0.5) at node 1", found.Origin.ToString()));
        Assert.Equal(rows, derivatives.Length);
        Assert.All(derivatives, found => Assert.Equal("log(-0.5) at node 1", Assert.Single(found.Origins).ToString()));
    }

    [Fact]
    public void What_does_not_belong_to_the_function_is_refused()
    {
        var f = AD.Trace(static x => [x[0] / x[1]], [1, 2]);
        var (trace, jacobian, other) = (f.Trace, f.SparseJacobian([1, 2]), AD.Trace(static x => [x[0], x[1]], [1, 2]).SparseJacobian([1, 2]));
        foreach (var (x, values, given) in (ReadOnlySpan<(double[], double[], CsrMatrix)>)[([1], [0.5], jacobian), ([1, 2], [], jacobian), ([1, 2], [0.5], other)])
        {
            Assert.Equal(ErrorCodes.LengthMismatch, Assert.Throws<HybridAdArgumentException>(() => Diagnosis.NonFinite(trace, x, values, given)).Code);
            Assert.Equal(ErrorCodes.LengthMismatch, Assert.Throws<HybridAdArgumentException>(() => Diagnosis.Of(trace, x, values, given)).Code);
        }
    }

    [Fact]
    public void TheFirstOperationsWithoutDerivativeAreNamedWhereverTheyMeet()
    {
        // Four of them, in two branches that share one: three are named, by their place in the recording.
        var diagnosis = At([0, 1], x =>
        {
            var (a, b, c, d) = (Sqrt(x[0]), Cbrt(x[0]), Sqrt(x[0] + x[0]), Cbrt(x[0] + x[0]));
            return [(d + c) * x[1] + (c + a), b + d, x[1] * x[1]];
        });
        Assert.Equal([0, 1], diagnosis.NonFiniteDerivatives.Select(found => found.Row));
        Assert.Equal(["sqrt", "sqrt", "cbrt"], diagnosis.NonFiniteDerivatives[0].Origins.Select(origin => origin.Operation));
        Assert.Equal(["cbrt", "cbrt"], diagnosis.NonFiniteDerivatives[1].Origins.Select(origin => origin.Operation));
    }

    [Fact]
    public void TheBranchNotTakenIsNoFinding() =>
        Assert.True(At([-1, 1], x => [Where(Less(x[0], 0), x[1], Log(x[0]))]).IsClean);

    [Fact]
    public void KinksHitExactlyAreFound()
    {
        var diagnosis = At([0, 1, 1], x => [Abs(x[0]), Max(x[1], x[2]), Hypot(x[0], x[0])]);
        Assert.Equal(["abs(0) at node 3", "max(1, 1) at node 4", "hypot(0, 0) at node 5"], diagnosis.Branches.Select(found => found.At.ToString()));
        Assert.All(diagnosis.Branches, found => Assert.Equal(BranchKind.Kink, found.Kind));
        Assert.Equal([0, 1, 2], diagnosis.Branches.Select(found => found.Row));
    }

    [Fact]
    public void KinksNearbyAreNoFinding() => Assert.True(At([1e-300, 1, 2], x => [Abs(x[0]), Max(x[1], x[2])]).IsClean);

    [Fact]
    public void JumpsHitExactlyAreFound() =>
        Assert.Equal(BranchKind.Jump, Assert.Single(At([3], x => [Floor(x[0]) + x[0]]).Branches).Kind);

    [Fact]
    public void ABranchOnEqualityThatIsTakenIsOfMeasureZero()
    {
        var diagnosis = At([0, 2], x => [Where(Equal(x[0], 0), 1 + x[1], x[1] * Sin(x[0]) / x[0])]);
        Assert.Equal(BranchKind.MeasureZero, Assert.Single(diagnosis.Branches).Kind);
        Assert.False(diagnosis.IsClean);
    }

    [Fact]
    public void GuardsTellWhetherTheTracedBranchIsTaken()
    {
        var trace = AD.Trace(x => [x[0] > 1 ? x[0] * x[0] : x[0]], [2.0]).Trace;
        Assert.True(Assert.Single(Diagnosis.Of(trace, [3]).Guards).Holds);
        var flipped = Diagnosis.Of(trace, [0.5]);
        Assert.False(Assert.Single(flipped.Guards).Holds);
        Assert.False(flipped.IsClean);
    }

    [Fact]
    public void GuardsOnEqualOperandsAreFlagged()
    {
        var trace = AD.Trace(x => [x[0] == 0 ? x[0] : x[0] * x[0]], [0.0]).Trace;
        Assert.True(Assert.Single(Diagnosis.Of(trace, [0]).Guards).OnEquality);
    }

    [Fact]
    public void CancellationAgainstTheInputsIsIllConditioned()
    {
        var diagnosis = At([1, 1e-10], x => [x[0] - (1 - 1e-10), x[0] * x[1]]);
        var found = Assert.Single(diagnosis.IllConditioned);
        Assert.Equal(0, found.Row);
        Assert.Equal(10, found.DigitsLost, 3);
    }

    [Fact]
    public void IgnoredRowsAreNoFinding()
    {
        var trace = AD.Trace(x => [Log(x[0])], [-1.0]).Trace;
        Assert.Empty(Diagnosis.Of(trace, [-1], new DiagnosisOptions { IgnoredRows = new HashSet<int> { 0 } }).NonFiniteValues);
    }
}
