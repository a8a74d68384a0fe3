using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>A result may be written over the point, or over another input: what is computed is the same.</summary>
public sealed class OverlappingSpanTests
{
    public static TheoryData<int, Engine> Functions => new() { { 3, Engine.Interpreted }, { 3, Engine.Compiled }, { 2000, Engine.Interpreted }, { 2000, Engine.Compiled } };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_and_products_may_be_written_over_what_they_are_computed_from(int size, Engine engine)
    {
        var f = Ring(size, engine);
        AssertInPlace(size, (x, y) => f.Value(x, y));
        AssertInPlace(size, (x, y) => f.Jvp(Numbers(size, 5), x, y));
        AssertInPlace(size, (x, y) => f.Jvp(x, Numbers(size, 5), y));
        AssertInPlace(size, (x, y) => f.Jvp(x, x, y));
        AssertInPlace(size, (x, y) => f.Vjp(Numbers(size, 5), x, y));
        AssertInPlace(size, (x, y) => f.Vjp(x, x, y));
        AssertInPlace(size, (x, y) => f.ValueAndJvp(x, x, y, new double[size]));
        AssertInPlace(size, (x, y) => f.ValueAndJvp(x, x, new double[size], y));
        AssertInPlace(size, (x, y) => f.ValueAndVjp(x, x, y, new double[size]));
        AssertInPlace(size, (x, y) => f.Hvp(x, x, x, y));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Jacobians_may_be_written_over_the_point(int size, Engine engine)
    {
        var diagonal = AD.Trace(x => [.. x.Select(each => each * each * each)], Numbers(size, 1), new TracingOptions { Engine = engine });
        var sum = AD.Trace(x => Enumerable.Range(0, size).Aggregate((Real)0, (sum, k) => sum + x[k] * x[(k + 1) % size] * x[(k + 2) % size]), Numbers(size, 1), new TracingOptions { Engine = engine });
        // A Jacobian may take a shorter way the second time.
        for (var round = 0; round < 2; round++)
        {
            AssertInPlace(size, (x, y) => sum.Gradient(x, y));
            AssertInPlace(size, (x, y) => sum.ValueAndGradient(x, y));
            AssertInPlace(size, (x, y) => sum.Jacobian(x, y));
            AssertInPlace(size, (x, y) => diagonal.SparseJacobian(x, y));
            AssertInPlace(size, (x, y) => diagonal.ValueAndSparseJacobian(x, y, new double[size]));
            AssertInPlace(size, (x, y) => diagonal.ValueAndSparseJacobian(x, new double[size], y));
            AssertInPlace(size, (x, y) => diagonal.SparseHessian(x, x, y));
            AssertInPlace(size, (x, y) => diagonal.ValueGradientAndSparseHessian(x, x, y, new double[size], new double[size]));
            AssertInPlace(size, (x, y) => diagonal.ValueGradientAndSparseHessian(x, x, new double[size], y, new double[size]));
            AssertInPlace(size, (x, y) => diagonal.ValueGradientAndSparseHessian(x, x, new double[size], new double[size], y));
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Results_of_many_points_may_be_written_over_the_points(int size, Engine engine)
    {
        var f = Ring(size, engine);
        var jacobian = AD.Trace(x => [.. x.Select(each => Real.Log(each) * each)], Numbers(size, 1)).CompileJacobian(new JacobianPlannerOptions { Engine = engine });
        // Singular points are evaluated again.
        AssertInPlace(100 * size, (x, y) => f.ValueBatch(x, y));
        AssertInPlace(100 * size, (x, y) => jacobian.EvaluateBatch(x, y));
        AssertInPlace(100 * size, (x, y) => jacobian.ValueAndEvaluateBatch(x, y, new double[x.Length]));
        AssertInPlace(100 * size, (x, y) => jacobian.ValueAndEvaluateBatch(x, new double[x.Length], y));
    }

    [Fact]
    public void Products_of_factors_may_be_written_over_their_vector()
    {
        var factors = Ring(3, Engine.Interpreted).FactorJacobian().Evaluate(Numbers(3, 5));
        AssertInPlace(3, (v, result) => factors.Multiply(v, result));
        AssertInPlace(3, (w, result) => factors.MultiplyTransposed(w, result));
    }

    [Fact]
    public void A_workspace_keeps_the_room_for_copies()
    {
        var (f, x, workspace) = (Ring(50, Engine.Compiled), Numbers(50, 1), new Workspace());
        f.Value(x, x, workspace);
        Allocations.AssertNone(() => f.Value(x, x, workspace));
    }

    private static TracedFunction Ring(int size, Engine engine) =>
        AD.Trace(x => [.. Enumerable.Range(0, size).Select(k => x[k] * x[(k + 1) % size] + Real.Sqrt(x[(k + 7) % size] * x[(k + 7) % size] + 1))], Numbers(size, 1), new TracingOptions { Engine = engine });

    private static double[] Numbers(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(k => k % 997 == 5 ? 0 : random.NextDouble() + 0.5)];
    }

    private delegate void Evaluation(ReadOnlySpan<double> input, Span<double> result);

    /// <summary>With input and result apart, at the same place, and half over each other.</summary>
    private static void AssertInPlace(int length, Evaluation evaluate)
    {
        var (input, expected) = (Numbers(length, 3), new double[length]);
        evaluate(input, expected);
        foreach (var shift in new[] { 0, length / 2, -(length / 2) })
        {
            var memory = new double[2 * length];
            var (from, to) = (Math.Max(0, -shift), Math.Max(0, shift));
            input.CopyTo(memory, from);
            evaluate(memory.AsSpan(from, length), memory.AsSpan(to, length));
            Assert.Equal(expected, memory.AsSpan(to, length).ToArray());
        }
    }
}
