using HybridAD.Execution;
using HybridAD.Problems;

namespace HybridAD.Bench.Speed;

/// <summary>Something that is computed of a problem again and again, through the public interface and without allocating.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Prepare">Sets everything up that is set up once.</param>
internal sealed record Quantity(string Name, Func<Problem, TracedFunction, Evaluation> Prepare)
{
    public static Quantity Values { get; } = new("values", (problem, function) =>
    {
        var (x, y, workspace) = (problem.Start, new double[function.OutputCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                function.Value(x, y, workspace);
        }, y, IsJacobian: false);
    });

    public static Quantity Jacobian { get; } = new("Jacobian", (problem, function) =>
    {
        var jacobian = function.CompileJacobian();
        var (x, entries, workspace) = (problem.Start, new double[jacobian.Pattern.NonzeroCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                jacobian.EvaluateSparse(x, entries, workspace);
        }, entries, IsJacobian: true);
    });

    public static Quantity Gradient { get; } = new("gradient", (problem, function) =>
    {
        var (x, gradient, workspace) = (problem.Start, new double[function.InputCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                function.Gradient(x, gradient, workspace);
        }, gradient, IsJacobian: true);
    });
}

/// <summary>An evaluation that is ready to be repeated.</summary>
/// <param name="Run">Evaluates so many times; a call of its own for each would be measured with the smallest functions.</param>
/// <param name="Result">Where the result stands.</param>
/// <param name="IsJacobian">Whether the result are the nonzeros of the Jacobian, whose sums may be known.</param>
/// <param name="Points">At how many points one evaluation evaluates.</param>
internal sealed record Evaluation(Action<int> Run, double[] Result, bool? IsJacobian = null, int Points = 1);
