using System.Diagnostics;
using HybridAD.Plans;

namespace HybridAD.Cli.GradBench;

/// <summary>Makes functions ready to be run, and takes the time of it, stage by stage.</summary>
/// <param name="threads">The most threads that an evaluation may use.</param>
internal sealed class Preparation(int threads)
{
    private static readonly TracingOptions ForValues = new() { Engine = Engine.Compiled };

    private readonly Dictionary<string, long> _stages = [];

    /// <summary>What was done and how many nanoseconds it took; everything together under 'prepare', as other tools report it.</summary>
    public IEnumerable<(string Stage, long Nanoseconds)> Stages => _stages.Select(static stage => (stage.Key, stage.Value)).Prepend(("prepare", _stages.Values.Sum()));

    /// <summary>Scratch memory for evaluations.</summary>
    public Workspace Workspace { get; } = new() { Options = new EvaluationOptions { ThreadCount = threads } };

    /// <summary>Records a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">Where it is evaluated.</param>
    /// <param name="positions">Positions that its Jacobian has to list even where nothing depends on the input; null for none.</param>
    public TracedFunction Trace(Func<Real[], Real[]> function, double[] x, SparsityPattern? positions = null) => Timed("trace", () =>
    {
        var traced = AD.Trace(function, x, ForValues);
        return positions is null ? traced : new TracedFunction(traced.Program, ForValues, positions);
    });

    /// <summary>The values of a function.</summary>
    public Action<double[]> Values(TracedFunction function, double[] x)
    {
        // What is compiled is compiled by the first evaluation.
        Timed("compile", () => function.Value(x, new double[function.OutputCount], Workspace));
        return y => function.Value(x, y, Workspace);
    }

    /// <summary>The nonzeros of a Jacobian by the plan that is cheapest, compiled where there is something to compile.</summary>
    public PlannedJacobian Jacobian(TracedFunction function, double[] x)
    {
        var plan = Timed("plan", () => function.PlanJacobian());
        var jacobian = function.Compile(plan, plan.Strategy is BlockStrategy ? Engine.Compiled : Engine.Auto);
        var buffer = jacobian.CreateBuffer();
        Timed("compile", () => jacobian.Evaluate(x, buffer, Workspace));
        return new PlannedJacobian(jacobian, buffer, x, Workspace);
    }

    /// <summary>Does something that is a stage.</summary>
    public void Timed(string stage, Action work) => Timed(stage, () =>
    {
        work();
        return true;
    });

    /// <summary>Does something that is a stage.</summary>
    public T Timed<T>(string stage, Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        var result = work();
        _stages[stage] = _stages.GetValueOrDefault(stage) + Nanoseconds.Since(start);
        return result;
    }
}

/// <summary>A Jacobian that is ready to be evaluated at its point.</summary>
internal sealed class PlannedJacobian(CompiledJacobian jacobian, JacobianBuffer buffer, double[] x, Workspace workspace)
{
    /// <summary>Where the nonzeros are.</summary>
    public SparsityPattern Pattern => jacobian.Pattern;

    /// <summary>The nonzeros that were computed last.</summary>
    public ReadOnlySpan<double> Nonzeros => buffer.Values;

    public void Evaluate() => jacobian.Evaluate(x, buffer, workspace);

    /// <summary>Adds the gradient that was computed last, of a function with one output.</summary>
    public void AddTo(double[] gradient)
    {
        var columns = Pattern.Columns;
        var nonzeros = Nonzeros;
        for (var k = 0; k < columns.Length; k++)
            gradient[columns[k]] += nonzeros[k];
    }
}
