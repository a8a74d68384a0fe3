using HybridAD.Execution;
using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Problems;

namespace HybridAD.Bench.Speed;

/// <summary>Something that is computed of a problem again and again, through the public interface and without allocating.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Prepare">Sets everything up that is set up once.</param>
internal sealed record Quantity(string Name, Func<Problem, TracedFunction, Evaluation> Prepare)
{
    /// <summary>Compiled at once: setting up is measured with all that it takes.</summary>
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    public static Quantity Values { get; } = new("values", (problem, function) =>
    {
        var (x, y, workspace) = (problem.Start, new double[function.OutputCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                function.Value(x, y, workspace);
        }, () => y, IsJacobian: false);
    });

    public static Quantity Jacobian { get; } = new("Jacobian", (problem, function) =>
    {
        var jacobian = function.CompileJacobian(s_compiled);
        var (x, entries, workspace) = (problem.Start, new double[jacobian.Pattern.NonzeroCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                jacobian.EvaluateSparse(x, entries, workspace);
        }, () => entries, IsJacobian: true);
    });

    /// <summary>The same into a buffer in which the entries that never change already stand.</summary>
    public static Quantity JacobianInBuffer { get; } = new("Jacobian in its buffer", (problem, function) =>
    {
        var jacobian = function.CompileJacobian(s_compiled);
        var (x, buffer, workspace) = (problem.Start, jacobian.CreateBuffer(), new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                jacobian.Evaluate(x, buffer, workspace);
        }, () => buffer.Values, IsJacobian: true);
    });

    public static Quantity Gradient { get; } = new("gradient", (problem, function) =>
    {
        var (x, gradient, workspace) = (problem.Start, new double[function.InputCount], new Workspace());
        return new Evaluation(times =>
        {
            for (var k = 0; k < times; k++)
                function.Gradient(x, gradient, workspace);
        }, () => gradient, IsJacobian: true);
    });
}

/// <summary>An evaluation that is ready to be repeated.</summary>
/// <param name="Run">Evaluates so many times; a call of its own for each would be measured with the smallest functions.</param>
/// <param name="Result">Where the result stands.</param>
/// <param name="IsJacobian">Whether the result are the nonzeros of the Jacobian, whose sums may be known.</param>
/// <param name="Points">At how many points one evaluation evaluates.</param>
internal sealed record Evaluation(Action<int> Run, Func<ReadOnlySpan<double>> Result, bool? IsJacobian = null, int Points = 1);
