using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>Evaluations that take a shorter way from the second one on do what the first one did.</summary>
public sealed class ShortEvaluationTests
{
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    private static readonly (string Name, Func<Real[], Real[]> Function, int Inputs)[] s_functions =
    [
        ("straight line", static x => [x[0] * Sin(x[1]), x[1] / x[0], 3 * x[0]], 2),
        ("full rows", static x => [Exp(x[0]) * x[1] * x[2], x[0] + 2 * x[1] - x[2] * x[2]], 3),
        ("loop", static x => [.. Enumerable.Range(1, 38).Select(k => x[k] * x[k] * (x[k + 1] - 2 * x[k] + x[k - 1]) + 3 * x[k])], 40),
        ("gradient", static x => [Enumerable.Range(1, 39).Aggregate((Real)0, (sum, k) => sum + 100 * Square(x[k] - x[k - 1] * x[k - 1]) + Square(1 - x[k - 1]))], 40),
    ];

    public static TheoryData<string> Names => [.. s_functions.Select(static one => one.Name)];

    private static (CompiledJacobian Jacobian, double[][] Points) Prepared(string name)
    {
        var (_, function, inputs) = s_functions.First(one => one.Name == name);
        var random = new Random(5);
        double[][] points = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, inputs).Select(_ => 0.5 + random.NextDouble()).ToArray())];
        return (AD.Trace(function, points[0]).CompileJacobian(s_compiled), points);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_way_gives_the_bits_of_a_first_evaluation(string name)
    {
        var (jacobian, points) = Prepared(name);
        var (other, _) = Prepared(name);
        var (workspace, buffer) = (new Workspace(), jacobian.CreateBuffer());
        var watched = new Workspace { Options = new EvaluationOptions { CancellationToken = new CancellationTokenSource().Token } };
        var (sparse, dense) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.RowCount * jacobian.Pattern.ColumnCount]);
        foreach (var point in points.Concat(points))
        {
            var expected = Prepared(name).Jacobian.Evaluate(point);
            foreach (var scratch in (Workspace?[])[workspace, null, watched, workspace])
            {
                jacobian.EvaluateSparse(point, sparse, scratch);
                Assert.Equal(expected.Values.ToArray(), sparse);
                jacobian.Evaluate(point, dense, scratch);
                Assert.Equal(expected.ToDense().Cast<double>(), dense);
                jacobian.Evaluate(point, buffer, scratch);
                Assert.Equal(expected.Values.ToArray(), buffer.Values.ToArray());
                // Another program in the same workspace.
                other.EvaluateSparse(point, sparse, scratch);
                Assert.Equal(expected.Values.ToArray(), sparse);
                Array.Fill(sparse, -1);
                Array.Fill(dense, -1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_lengths_and_infinite_points_are_met_as_in_a_first_evaluation(string name)
    {
        var (jacobian, points) = Prepared(name);
        var (workspace, buffer) = (new Workspace(), jacobian.CreateBuffer());
        var (sparse, dense) = (new double[jacobian.Pattern.NonzeroCount], new double[jacobian.Pattern.RowCount * jacobian.Pattern.ColumnCount]);
        double[] infinite = [.. points[1]];
        infinite[0] = double.PositiveInfinity;
        for (var round = 0; round < 3; round++)
        {
            jacobian.EvaluateSparse(infinite, sparse, workspace);
            Assert.Equal(Prepared(name).Jacobian.Evaluate(infinite).Values.ToArray(), sparse);
            jacobian.Evaluate(infinite, buffer, workspace);
            Assert.Equal(sparse, buffer.Values.ToArray());
            jacobian.Evaluate(points[2], dense, workspace);
            jacobian.Evaluate(points[2], buffer, workspace);
            Assert.Equal(Prepared(name).Jacobian.Evaluate(points[2]).Values.ToArray(), buffer.Values.ToArray());
            var cancelled = new Workspace { Options = new EvaluationOptions { CancellationToken = new CancellationToken(canceled: true) } };
            Assert.Throws<OperationCanceledException>(() => jacobian.EvaluateSparse(points[0], sparse, cancelled));
            Assert.Throws<OperationCanceledException>(() => jacobian.Evaluate(points[0], dense, cancelled));
            Assert.Throws<OperationCanceledException>(() => jacobian.Evaluate(points[0], buffer, cancelled));
            Assert.Throws<HybridAdArgumentException>(() => jacobian.EvaluateSparse(points[0].AsSpan(1), sparse, workspace));
            Assert.Throws<HybridAdArgumentException>(() => jacobian.EvaluateSparse(points[0], sparse.AsSpan(1), workspace));
            Assert.Throws<HybridAdArgumentException>(() => jacobian.Evaluate(points[0], dense.AsSpan(1), workspace));
        }
    }
}
