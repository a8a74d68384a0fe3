using HybridAD.Problems;

namespace HybridAD.Tests.Problems;

/// <summary>The problems of the benchmarks are the published ones: their values, Jacobians and patterns have the known sums, norms and counts.</summary>
public class ProblemReferenceTests
{
    public static TheoryData<string> Names => [.. AllProblems.WithReference];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_Jacobian_have_the_published_sums(string name)
    {
        var problem = AllProblems.Named(name);
        var reference = Assert.IsType<Reference>(problem.Reference);
        var function = problem.Trace();
        var jacobian = function.SparseJacobian(problem.Start);
        Assert.Equal(name, problem.Name);
        Assert.Equal(reference.Nonzeros, jacobian.Pattern.NonzeroCount);
        Assert.True(reference.MatchesValues(function.Value(problem.Start)), "values");
        Assert.True(reference.MatchesJacobian(jacobian.Values), "Jacobian");
    }

    [Fact]
    public void A_sum_that_is_off_does_not_match()
    {
        var reference = new Reference(6, 6, 7, Math.Sqrt(29), 2);
        Assert.True(reference.MatchesValues([6]));
        Assert.False(reference.MatchesValues([6 + 1e-7]));
        Assert.False(reference.MatchesJacobian([2.0000001, 5]));
        Assert.False(reference.MatchesJacobian([double.NaN, 5]));
    }
}
