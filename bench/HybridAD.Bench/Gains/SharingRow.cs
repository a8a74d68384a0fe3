using System.Globalization;
using HybridAD.Blocks;
using HybridAD.Calibration;
using HybridAD.Execution;
using HybridAD.Formats;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Bench.Gains;

/// <summary>One file, differentiated by one mode for all of it and by a mode for each part, interpreted and compiled.</summary>
internal sealed class SharingRow
{
    private readonly string _name;
    private readonly Action[] _actions;
    private double[]? _seconds;

    public SharingRow(string name, string path)
    {
        _name = name;
        var file = ModelFile.Load(path);
        var function = new TracedFunction(file.Trace, declaredPattern: file.Nl!.DeclaredPattern);
        var x = file.Nl.GenericPoint();
        var (y, entries) = (new double[function.OutputCount], new double[function.JacobianPattern.NonzeroCount]);
        var trace = new CompiledTrace(LinearizedGraph.Of(function.SimplifiedTrace));
        var slots = new double[trace.SlotCount];
        trace.Prepare(slots);
        CompiledJacobian[] jacobians =
        [
            Interpreted(function, JacobianMode.ReverseRows), Interpreted(function, JacobianMode.SparseForward), Interpreted(function, JacobianMode.Hybrid), Interpreted(function, JacobianMode.Elimination),
            .. KernelOrders(function),
        ];
        _actions =
        [
            () =>
            {
                trace.EvaluateValues(x, slots);
                trace.EvaluatePartials(slots);
            },
            .. jacobians.Select(jacobian => (Action)(() => jacobian.ValueAndEvaluateSparse(x, y, entries))),
        ];
    }

    /// <summary>Measures everything; what was faster at another visit stays.</summary>
    public void Visit()
    {
        var seconds = Timing.Interleaved(_actions);
        _seconds = _seconds is null ? seconds : [.. _seconds.Zip(seconds, Math.Min)];
    }

    public override string ToString()
    {
        var t = _seconds!;
        var (best, chosen) = (Math.Min(t[1], t[2]), Math.Min(t[3], t[4]));
        var beyond = chosen > 1.02 * t[0] ? ((best - t[0]) / (chosen - t[0])).ToString("F2", CultureInfo.InvariantCulture) : "—";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {_name} | {1e6 * t[0]:G3} | {1e6 * t[1]:G3} | {1e6 * t[2]:G3} | {1e6 * chosen:G3} | {best / chosen:F2} | {beyond} | {1e6 * t[5]:G3} | {1e6 * t[6]:G3} | {1e6 * t[7]:G3} | {Math.Min(t[5], t[6]) / t[7]:F2} |");
    }

    public static CompiledJacobian Interpreted(TracedFunction function, JacobianMode mode) =>
        function.CompileJacobian(new JacobianPlannerOptions { Mode = mode, Engine = Engine.Interpreted });

    /// <summary>The plan of blocks with all kernels in reverse, with all of them forward, and as it was chosen.</summary>
    private static CompiledJacobian[] KernelOrders(TracedFunction function)
    {
        var plan = function.PlanJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Blocks, Engine = Engine.Compiled });
        var strategy = (BlockStrategy)plan.Strategy;
        var kernels = new BlockKernels(strategy.Graph!);
        var reverse = strategy with { Orders = [.. strategy.Orders.Select(static _ => new AccumulationStrategy([]))] };
        var forward = strategy with
        {
            Orders = [.. strategy.Orders.Select((_, kernel) =>
            {
                var block = kernels.FirstBlockOf(kernel);
                var local = LinearizedGraph.Of(block.Kernel, block.LeafCount);
                return new AccumulationStrategy([.. Enumerable.Range(block.Kernel.InputCount, block.Kernel.NodeCount - block.Kernel.InputCount).Where(local.IsActive)]);
            })],
        };
        return [.. new[] { reverse, forward, strategy }.Select(orders => function.Compile(plan with { Strategy = orders }, Engine.Compiled))];
    }
}
