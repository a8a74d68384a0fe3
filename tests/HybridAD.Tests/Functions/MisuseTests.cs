using HybridAD.Diagnostics;
using HybridAD.Errors;
using HybridAD.Stability;

namespace HybridAD.Tests.Functions;

/// <summary>Options and arguments that mean nothing are refused where they are given.</summary>
public sealed class MisuseTests
{
    private static TracedFunction Two => AD.Trace(x => [x[0] * x[1], Real.Sin(x[0])], [1.0, 2.0]);

    public static TheoryData<double> NoAmounts => [double.NaN, -1];

    [Fact]
    public void Factors_have_numbers_and_bounds_are_given()
    {
        var f = AD.Trace(static x => [Real.Sin(x[0] + x[1]) * x[0], Real.Cos(x[0] + x[1])], [1.0, 2.0]);
        var factors = f.FactorJacobian().Evaluate([1.0, 2.0]);
        foreach (var factor in (int[])[-1, factors.Count])
            Assert.Contains($"'factor' is {factor}", Assert.Throws<HybridAdArgumentException>(() => factors[factor]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("bounds", () => AD.Trace(static x => x[0] * x[0], [1.0]).StabilityOverBox(null!));
    }

    [Fact]
    public void A_dense_Jacobian_of_more_numbers_than_an_array_holds_is_refused()
    {
        var f = AD.Trace(static x => [.. Enumerable.Repeat(x[0] + x[1], 50_000)], new double[50_000], new TracingOptions { Engine = Engine.Interpreted });
        Assert.Equal(ErrorCodes.JacobianTooDense, Assert.Throws<HybridAdException>(() => f.Jacobian(new double[50_000])).Code);
    }

    [Fact]
    public void A_dense_Jacobian_with_more_numbers_than_an_array_holds_asks_for_them_all()
    {
        var f = AD.Trace(static x => [.. Enumerable.Repeat(x[0] + x[1], 50_000)], new double[50_000], new TracingOptions { Engine = Engine.Interpreted });
        var error = Assert.Throws<HybridAdArgumentException>(() => f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(new double[50_000], new double[7]));
        Assert.Contains("2500000000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2, new[] { 0, 2, 1 }, new[] { 0 }, "'rowStarts[1]' is 2")]
    [InlineData(2, 2, new[] { 0, 1, 0 }, new[] { 0 }, "'rowStarts[2]' is 0")]
    [InlineData(2, 2, new[] { 1, 1, 1 }, new[] { 0 }, "'rowStarts[0]' is 1")]
    [InlineData(2, 2, new[] { 0, 1, 1 }, new[] { 0, 1 }, "'rowStarts[2]' is 1")]
    [InlineData(2, 2, new[] { 0, 1 }, new[] { 0 }, "'rowStarts' has 2 elements but 3")]
    [InlineData(2, 2, new[] { 0, 1, 2 }, new[] { 0, 5 }, "'columns[1]' is 5; allowed: in row 1, 0 … 1")]
    [InlineData(1, 3, new[] { 0, 2 }, new[] { 1, 1 }, "'columns[1]' is 1; allowed: in row 0, 2 … 2")]
    [InlineData(1, 3, new[] { 0, 1 }, new[] { -1 }, "'columns[0]' is -1")]
    [InlineData(-1, 3, new int[0], new int[0], "'rowCount' is -1")]
    [InlineData(0, -3, new[] { 0 }, new int[0], "'columnCount' is -3")]
    public void Patterns_frame_columns_that_increase_and_are_inside(int rows, int columns, int[] starts, int[] entries, string expected) =>
        Assert.Contains(expected, Assert.Throws<HybridAdArgumentException>(() => new SparsityPattern(rows, columns, starts, entries)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_declared_pattern_has_the_shape_of_the_Jacobian()
    {
        var trace = Two.Trace;
        Assert.Contains("'declaredPattern.RowCount' is 1; allowed: 2", Assert.Throws<HybridAdArgumentException>(() => new TracedFunction(trace, declaredPattern: new(1, 2, [0, 1], [0]))).Message, StringComparison.Ordinal);
        Assert.Contains("'declaredPattern.ColumnCount' is 9; allowed: 2", Assert.Throws<HybridAdArgumentException>(() => new TracedFunction(trace, declaredPattern: new(2, 9, [0, 1, 1], [8]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_of_a_batch_are_whole() =>
        Assert.Contains("'points' has 3 elements but 4 are needed (2 for each point", Assert.Throws<HybridAdArgumentException>(() => Two.ValueBatch(new double[3], new double[4])).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_have_the_values_that_their_types_name()
    {
        AssertOutOfRange(() => new JacobianPlannerOptions { Mode = (JacobianMode)99 });
        AssertOutOfRange(() => new JacobianPlannerOptions { Engine = (Engine)77 });
        AssertOutOfRange(() => new TracingOptions { Engine = (Engine)77 });
        AssertOutOfRange(() => new TracingOptions { OnGuardFlip = (GuardPolicy)9 });
    }

    [Fact]
    public void An_engine_that_is_given_with_a_plan_too()
    {
        var f = Two;
        var plan = f.PlanJacobian();
        AssertOutOfRange(() => f.Compile(plan, (Engine)77));
    }

    [Fact]
    public void Options_are_there()
    {
        Assert.Throws<ArgumentNullException>("Profile", () => new JacobianPlannerOptions { Profile = null! });
        Assert.Throws<ArgumentNullException>("Simplification", () => new TracingOptions { Simplification = null! });
    }

    [Theory]
    [MemberData(nameof(NoAmounts))]
    public void Amounts_are_numbers_from_0_on(double amount)
    {
        AssertOutOfRange(() => new JacobianPlannerOptions { Evaluations = amount });
        AssertOutOfRange(() => new JacobianPlannerOptions { SearchSeconds = amount });
        AssertOutOfRange(() => new JacobianPlannerOptions { MemoryLimit = -1 });
        AssertOutOfRange(() => new BoxOptions { Seconds = amount });
        AssertOutOfRange(() => new BoxOptions { Tolerance = amount });
        AssertOutOfRange(() => new DiagnosisOptions { ConditionLimit = amount });
    }

    [Fact]
    public void Second_derivatives_of_several_outputs_point_to_weights()
    {
        var f = Two;
        foreach (var error in new[] { Assert.Throws<HybridAdException>(() => f.Hessian([1, 2])), Assert.Throws<HybridAdException>(() => f.Hvp([1, 2], [1, 2])) })
        {
            Assert.Equal(ErrorCodes.ScalarFunctionNeeded, error.Code);
            Assert.Contains("weights of the outputs", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Jacobian", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_scalar_of_a_trace_that_has_ended_is_no_output()
    {
        Real kept = 0;
        AD.Trace(x => kept = x[0] * 2, [3.0]);
        Assert.Equal(ErrorCodes.ClosedTrace, Assert.Throws<HybridAdException>(() => AD.Trace(_ => kept, [1.0])).Code);
    }

    [Fact]
    public void Breakpoints_are_numbers()
    {
        AssertOutOfRange(() => AD.Trace(x => Real.PiecewiseLinear(x[0], 1, double.NaN, 2), [1.0]));
        AssertOutOfRange(() => AD.Trace(x => Real.PiecewiseLinear(x[0], 1, 0, 2, double.NaN, 3), [1.0]));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 2)]
    [InlineData(0, -1)]
    public void Elements_are_inside_of_a_matrix(int row, int column)
    {
        var matrix = Two.SparseJacobian([1, 2]);
        AssertOutOfRange(() => matrix[row, column]);
    }

    private static void AssertOutOfRange(Func<object?> action) => Assert.Equal(ErrorCodes.OutOfRange, Assert.ThrowsAny<HybridAdArgumentException>(action).Code);
}
